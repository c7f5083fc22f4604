// Which system this is, as far as installing a Vulkan driver is concerned.
import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {'debian' | 'fedora' | 'arch' | 'linux' | 'macos' | 'windows'} Family
 * @typedef {{ family: Family, id: string, codename: string, name: string }} System
 *   `codename` is the release's suite name ("bookworm"), empty where unknown
 */

/**
 * @param {string} text the contents of an os-release file
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  const assignment = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/;
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of text.split('\n')) {
    const match = assignment.exec(line.trim());
    if (match?.[1]) fields[match[1]] = match[2] ?? match[3] ?? match[4] ?? '';
  }
  return fields;
}

/**
 * @param {Record<string, string>} fields of an os-release file
 * @returns {System}
 */
export function linuxSystem(fields) {
  const id = fields['ID'] ?? 'linux';
  const kin = [id, ...(fields['ID_LIKE'] ?? '').split(/\s+/)];
  /** @type {[Family, string[]][]} */
  const families = [
    ['debian', ['debian', 'ubuntu']],
    ['fedora', ['fedora', 'rhel']],
    ['arch', ['arch']],
  ];
  const family = families.find(([, ids]) => ids.some((name) => kin.includes(name)))?.[0] ?? 'linux';
  return { family, id, codename: fields['VERSION_CODENAME'] ?? '', name: fields['NAME'] ?? 'Linux' };
}

/** @returns {System} */
export function readSystem() {
  if (process.platform === 'darwin') return { family: 'macos', id: 'macos', codename: '', name: 'macOS' };
  if (process.platform === 'win32')
    return { family: 'windows', id: 'windows', codename: '', name: 'Windows' };
  const file = ['/etc/os-release', '/usr/lib/os-release'].find((path) => existsSync(path));
  return linuxSystem(file ? parseOsRelease(readFileSync(file, 'utf8')) : {});
}

/** Debian 12 itself ships Mesa 22.3, whose software driver is too old for Dawn. */
export function needsBackports(/** @type {System} */ system) {
  return system.id === 'debian' && system.codename === 'bookworm';
}

/**
 * @param {System} system
 * @returns {string} the rest of a sentence that says what to install
 */
export function advice(system) {
  switch (system.family) {
    case 'debian':
      return needsBackports(system)
        ? 'enable bookworm-backports and run apt-get install -t bookworm-backports mesa-vulkan-drivers as root.'
        : 'run apt-get install mesa-vulkan-drivers as root, or install the driver of your GPU.';
    case 'fedora':
      return 'run dnf install mesa-vulkan-drivers as root, or install the driver of your GPU.';
    case 'arch':
      return 'run pacman -S vulkan-swrast as root, or install the driver of your GPU.';
    case 'macos':
      return 'macOS ships Metal drivers, so use macOS 12 or newer and run outside of any sandbox that hides the GPU.';
    case 'windows':
      return 'Windows ships Direct3D 12, so update Windows or the driver of your GPU.';
    default:
      return "install a Vulkan 1.3 driver: that of your GPU, or Mesa's software one (lavapipe).";
  }
}
