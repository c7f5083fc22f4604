/** Why the file system refused, as the end of a sentence, with what to do where that is not plain. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file and not a folder',
  EEXIST: 'there is a file where a folder should be',
  EISDIR: 'it is a folder; name a file',
  EACCES: 'you have no permission; change its permissions or choose another place',
  EPERM: 'you have no permission; change its permissions or choose another place',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'the disk is full; make room or choose another place',
  EDQUOT: 'your share of the disk is used up; make room or choose another place',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symbolic links go round in a circle',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
  ERR_INVALID_ARG_TYPE: 'that is no path; give one as text',
  ERR_INVALID_ARG_VALUE: 'its name has a zero byte in it',
};

/** The code of a Node error ("ENOENT"), or undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What went wrong, in words for the end of a sentence; an unusual code is given as it is. */
export function fileReason(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined) return REASONS[code] ?? `the system says ${code}`;
  return error instanceof Error ? error.message : String(error);
}
