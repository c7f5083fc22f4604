// Brings node_modules to what package-lock.json says.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError, run, say } from './shell.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockedPackage */

/**
 * Whether an installation holds what the lock asks for. Compares contents and not file times, since a fresh
 * checkout gives every file a new time. Optional packages may be missing: npm leaves out those made for other
 * systems.
 *
 * @param {Record<string, LockedPackage>} locked `packages` of package-lock.json
 * @param {Record<string, LockedPackage>} installed `packages` of node_modules/.package-lock.json
 */
export function holdsLockedPackages(locked, installed) {
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed[path];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** @param {string} root */
function packagesAreInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const read = (/** @type {string} */ file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  try {
    return holdsLockedPackages(read(join(root, 'package-lock.json')), read(record));
  } catch {
    return false;
  }
}

/** The npm that runs us or came with Node: on Windows `npm` itself is a batch file, which takes a shell to run. */
function npmScript() {
  const besideNode = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return [process.env.npm_execpath ?? '', besideNode].find(
    (file) => /npm-cli\.c?js$/.test(file) && existsSync(file),
  );
}

/**
 * Installs the packages unless they are there already.
 *
 * @param {string} root the project's folder
 */
export function ensurePackages(root) {
  if (packagesAreInstalled(root)) return;
  say('Installing packages (npm ci) …');
  // No package we use needs its install script: their binaries come as packages, for each system one.
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress'];
  const script = npmScript();
  const result = script
    ? run(process.execPath, [script, ...args], { cwd: root })
    : run('npm', args, { cwd: root });
  if (!result.ok) {
    throw new SetupError(
      'npm could not install the packages that package-lock.json lists; see what it says above, check the network, then run npm run setup again.',
      result.output,
    );
  }
}
