import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { fileReason } from './fs-errors.js';
import { makeFolders } from './make-folders.js';

/**
 * Where Scumble keeps what can be made again: `SCUMBLE_CACHE` if set, else the platform's cache folder. It need not
 * exist.
 */
export function cacheFolder(): string {
  const { SCUMBLE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (SCUMBLE_CACHE) return SCUMBLE_CACHE;
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'scumble', 'Cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'scumble');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'scumble');
}

/** @throws UserError where the cache folder is not there and cannot be made. */
export async function makeCacheFolder(): Promise<void> {
  const folder = cacheFolder();
  try {
    await makeFolders(folder);
  } catch (error) {
    throw new UserError(
      `Cannot make the cache folder ${folder}: ${fileReason(error)}; another one can be named in SCUMBLE_CACHE.`,
      2,
      { cause: error },
    );
  }
}
