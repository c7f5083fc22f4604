import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../src/errors.js';
import { scumbleIn, type System } from './systems.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PEERS = join(ROOT, 'bench', 'peers');

/**
 * Scumble as it was at a commit, as one more system: taken out of git into a folder under `parent` and built there, with
 * today's packages and today's end of the protocol.
 *
 * @throws UserError where git does not know the commit, or what it was does not build.
 */
export function baselineSystem(commit: string, parent: string): System {
  const folder = join(parent, 'baseline');
  mkdirSync(folder);
  const archive = join(parent, 'baseline.tar');
  run(`take ${commit} out of git`, 'git', ['archive', '--format=tar', '-o', archive, commit], ROOT);
  run(`unpack ${commit}`, 'tar', ['-xf', archive, '-C', folder], ROOT);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const there = join(folder, 'bench', 'peers');
  rmSync(there, { recursive: true, force: true });
  cpSync(PEERS, there, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
  // As it was built then; on Windows npm is a batch file, which takes a shell.
  run(`build ${commit}`, 'npm', ['run', '--silent', 'build'], folder, process.platform === 'win32');
  return { ...scumbleIn(folder), name: 'baseline', label: `Scumble at ${commit}` };
}

function run(what: string, command: string, args: readonly string[], cwd: string, shell = false): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, shell, encoding: 'utf8' });
  if (status === 0) return;
  const why = error?.message ?? `${stderr}${stdout}`.trim().split('\n')[0] ?? '';
  throw new UserError(`Cannot ${what} for --baseline: ${why}.`);
}
