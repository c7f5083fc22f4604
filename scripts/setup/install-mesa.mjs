// Installs Mesa's software Vulkan driver (lavapipe) with apt.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackage } from './apt.mjs';
import { hasSuite, parseDeb822, parseList, stanzaBeside } from './apt-sources.mjs';
import { SetupError, say } from './shell.mjs';
import { advice, needsBackports } from './system.mjs';

const APT_FOLDER = '/etc/apt';
const PACKAGE = 'mesa-vulkan-drivers';
const BACKPORTS = 'bookworm-backports';
const BACKPORTS_FILE = '/etc/apt/sources.list.d/scumble-backports.sources';

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

/** @param {import('./apt.mjs').Administrator} administrator */
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
 * @param {import('./apt.mjs').Administrator} administrator
 */
export function installSoftwareVulkan(system, administrator) {
  const backports = needsBackports(system);
  const origin = backports ? ` from ${BACKPORTS}` : '';
  say(`No usable WebGPU adapter: installing Mesa's software Vulkan (${PACKAGE}${origin}) …`);
  if (backports) enableBackports(administrator);
  installPackage(administrator, PACKAGE, {
    ...(backports && { suite: BACKPORTS }),
    advice: advice(system),
  });
}
