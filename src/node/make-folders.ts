import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './fs-errors.js';

/**
 * Makes a folder, and those above it that are missing. Node's own `recursive` never returns where a file system says that
 * there is no such file instead of refusing, as /proc does.
 */
export async function makeFolders(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const there = errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory();
    if (!there) throw error;
  }
}
