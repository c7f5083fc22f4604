import { homedir } from 'node:os';
import { join } from 'node:path';

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
