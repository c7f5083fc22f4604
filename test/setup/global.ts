import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Brings the embedded shaders up to date with shaders/*.wgsl before any test imports them, and keeps the tests from the
 * user's cache: what tiny pictures say of the adapter is not to be believed of large ones.
 */
export default function setup(): () => void {
  execFileSync(process.execPath, ['scripts/embed-shaders.mjs'], { stdio: 'inherit' });
  const cache = mkdtempSync(join(tmpdir(), 'scumble-cache-'));
  process.env['SCUMBLE_CACHE'] = cache;
  return () => rmSync(cache, { recursive: true, force: true });
}
