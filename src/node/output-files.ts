import { randomBytes } from 'node:crypto';
import { access, constants, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { errorCode, fileReason } from './fs-errors.js';
import { linkTarget } from './links.js';

/**
 * Makes sure that any file can be written: the folder is there and takes new files, and what may be at `path` already
 * is a file that may be replaced. Leaves no trace.
 *
 * @throws UserError otherwise
 */
export async function assertReplaceable(path: string): Promise<void> {
  const { target } = await replaceable(path);
  const trial = beside(target);
  try {
    // Permissions alone do not tell: the file system may be read-only or full.
    await (await open(trial, 'wx')).close();
    await unlink(trial);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Writes a file. What is to be in it goes into a new file beside the target, which is renamed once it is whole: whoever
 * looks sees the old file or the new one, and after a failure the old one and nothing else.
 *
 * @throws UserError if it cannot be written
 */
export async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  const { target, mode } = await replaceable(path);
  const temporary = beside(target);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(data);
      // Some file systems know of no permissions, which is no reason to lose what was made.
      if (mode !== undefined) await file.chmod(mode).catch(() => undefined);
      // Else a crash of the machine after the rename could leave an empty file in place of the old one.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}

interface Replaceable {
  /** Where `path` is a symbolic link, what that points to. */
  readonly target: string;
  /** Who may do what with the file that is there. */
  readonly mode?: number;
}

/** The file that a write to `path` replaces or makes. */
async function replaceable(path: string): Promise<Replaceable> {
  try {
    const existing = await stat(path);
    if (existing.isDirectory()) throw new UserError(`Cannot write ${path}: it is a folder; name a file.`);
    if (!existing.isFile()) throw new UserError(`Cannot write ${path}: it is not a regular file.`);
    await access(path, constants.W_OK);
    return { target: await realpath(path), mode: existing.mode & 0o777 };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      // A link to a file that is not there yet makes it.
      const link = await linkTarget(path);
      if (link !== undefined) return replaceable(link);
      await assertFolder(path);
      return { target: path };
    }
    throw error instanceof UserError ? error : cannotWrite(path, error);
  }
}

async function assertFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await stat(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw cannotWrite(path, error);
    throw new UserError(`Cannot write ${path}: there is no folder ${folder}; make it first.`, 2, {
      cause: error,
    });
  }
}

function beside(path: string): string {
  // The stem is cut so that a name of the greatest allowed length leaves room for the rest.
  const name = `.${basename(path).slice(0, 40)}.${randomBytes(6).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

function cannotWrite(path: string, error: unknown): UserError {
  return new UserError(`Cannot write ${path}: ${fileReason(error)}.`, 2, { cause: error });
}
