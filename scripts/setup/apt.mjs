// Installs Debian packages, for a user who may.
import { SetupError, run } from './shell.mjs';

// Another apt may be at work, as on a machine that has just started: wait for it.
const APT_OPTIONS = ['-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];

/** @typedef {(command: string, args: string[], input?: string) => { ok: boolean, output: string }} Administrator */

/** @returns {Administrator | undefined} what runs a command as root, undefined if this user may not */
export function findAdministrator() {
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  if (process.getuid?.() === 0) return (command, args, input) => run(command, args, { env, input });
  if (!run('sudo', ['-n', 'true']).ok) return undefined;
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return (command, args, input) => run('sudo', ['-n', 'env', ...assignments, command, ...args], { input });
}

/**
 * @param {Administrator} administrator
 * @param {string} name the package's
 * @param {{ suite?: string, advice: string }} options the suite that it must come from, such as bookworm-backports,
 *   and the rest of a sentence that says what to do by hand
 */
export function installPackage(administrator, name, { suite, advice }) {
  // One broken third-party source fails the update, yet what we need may still have come: the install decides.
  const update = administrator('apt-get', ['update', ...APT_OPTIONS]);
  const release = suite ? ['-t', suite] : [];
  const args = ['install', ...APT_OPTIONS, '--no-install-recommends', ...release, name];
  const install = administrator('apt-get', args);
  if (!install.ok) {
    const origin = suite ? ` from ${suite}` : '';
    throw new SetupError(
      `apt could not install ${name}${origin}; see what it says above, or do it by hand: ${advice}`,
      `${update.output}${install.output}`,
    );
  }
}
