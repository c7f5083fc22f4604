import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** What npm lists in a lock, and in an installation's record. */
interface Lock {
  packages: Record<string, { version?: string }>;
}

/**
 * Installs the peers' own packages unless they are there already, in the versions of the lock. Where that fails, the
 * systems that need them will be missing.
 */
export function ensurePeerPackages(show: (line: string) => void): void {
  if (installed()) return;
  show('Installing the packages of the peers (npm ci in bench/peers) …');
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) show(`npm could not install them: ${stderr?.trim().split('\n').at(-1) ?? 'no npm'}`);
}

function installed(): boolean {
  try {
    const read = (path: string) => (JSON.parse(readFileSync(FOLDER + path, 'utf8')) as Lock).packages;
    const there = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([path, { version }]) => path === '' || there[path]?.version === version,
    );
  } catch {
    return false;
  }
}
