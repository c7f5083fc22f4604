import { readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, sep } from 'node:path';

/**
 * Where a symbolic link points to, as the system takes it: from the folder that the link really lies in. Undefined for what
 * is none, or not there.
 */
export async function linkTarget(path: string): Promise<string | undefined> {
  const link = await readlink(path).catch(() => undefined);
  if (link === undefined || isAbsolute(link)) return link;
  // Not joined: that would take `..` after a link for the folder which that link lies in.
  return `${await realpath(dirname(path))}${sep}${link}`;
}
