import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { errorCode } from './fs-errors.js';
import { linkTarget } from './links.js';

/** A file by what the user knows it as: "the content image", "--trace". */
export interface NamedFile {
  readonly role: string;
  readonly path: string;
}

/**
 * Makes sure that nothing which is to be written would replace a file that is read, or one written already.
 *
 * @throws UserError naming the two.
 */
export async function assertDistinct(
  inputs: readonly NamedFile[],
  outputs: readonly NamedFile[],
): Promise<void> {
  const taken = new Map<string, NamedFile>();
  for (const input of inputs) taken.set(await identity(input.path), input);
  for (const output of outputs) {
    const key = await identity(output.path);
    const other = taken.get(key);
    if (other) {
      throw new UserError(
        `${output.role} and ${other.role} are one and the same file, ${output.path}; name another one for ${output.role}.`,
      );
    }
    taken.set(key, output);
  }
}

/** Equal for two paths that lead to one file, by links of either kind too; a file need not be there. */
async function identity(path: string): Promise<string> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    const link = errorCode(error) === 'ENOENT' ? await linkTarget(path) : undefined;
    if (link !== undefined) return identity(link);
    const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
    return join(folder, basename(path));
  }
}
