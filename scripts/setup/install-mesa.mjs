// Installs Mesa's software Vulkan driver (lavapipe) with apt.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasSuite, parseDeb822, parseList, stanzaBeside } from './apt-sources.mjs';
import { SetupError, run, say } from './shell.mjs';
import { advice, needsBackports } from './system.mjs';

const APT_FOLDER = '/etc/apt';
const PACKAGE = 'mesa-vulkan-drivers';
const BACKPORTS = 'bookworm-backports';
const BACKPORTS_FILE = '/etc/apt/sources.list.d/scumble-backports.sources';
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

/** @param {string} [folder] */
export function readAptSources(folder = APT_FOLDER) {
  const parts = join(folder, 'sources.list.d');
  const files = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  return [join(folder, 'sources.list'), ...files]
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      if (file.endsWith('.list')) return parseList(readFileSync(file, 'utf8'));
      if (file.endsWith('.sources')) return parseDeb822(readFileSync(file, 'utf8'));
      return [];
    });
}

/** @param {Administrator} administrator */
function enableBackports(administrator) {
  const sources = readAptSources();
  if (hasSuite(sources, BACKPORTS)) return;
  const stanza = stanzaBeside(sources, BACKPORTS, 'bookworm');
  if (!stanza) {
    throw new SetupError(
      `Mesa must come from ${BACKPORTS}, but apt's sources name no mirror for bookworm to take it from: add one to ${APT_FOLDER}/sources.list, then run npm run setup again.`,
    );
  }
  const written = administrator('tee', [BACKPORTS_FILE], stanza);
  if (!written.ok) throw new SetupError(`${BACKPORTS_FILE} could not be written.`, written.output);
}

/**
 * Installs lavapipe on Debian and its kin; on Debian 12 from backports.
 *
 * @param {import('./system.mjs').System} system
 * @param {Administrator} administrator
 */
export function installSoftwareVulkan(system, administrator) {
  const backports = needsBackports(system);
  const origin = backports ? ` from ${BACKPORTS}` : '';
  say(`No usable WebGPU adapter: installing Mesa's software Vulkan (${PACKAGE}${origin}) …`);
  if (backports) enableBackports(administrator);
  // One broken third-party source fails the update, yet what we need may still have come: the install decides.
  const update = administrator('apt-get', ['update', ...APT_OPTIONS]);
  const release = backports ? ['-t', BACKPORTS] : [];
  const args = ['install', ...APT_OPTIONS, '--no-install-recommends', ...release, PACKAGE];
  const install = administrator('apt-get', args);
  if (!install.ok) {
    throw new SetupError(
      `apt could not install ${PACKAGE}${origin}; see what it says above, or do it by hand: ${advice(system)}`,
      `${update.output}${install.output}`,
    );
  }
}
