// Makes sure that there is a browser with WebGPU to run tests in.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAdministrator, installPackage } from './apt.mjs';
import { BROWSER_VARIABLE, browserFlags, findBrowser } from './browser.mjs';
import { SetupError, run, say } from './shell.mjs';
import { fingerprint, hasStamp, leaveStamp } from './stamp.mjs';
import { readSystem } from './system.mjs';

const PROBE_MS = 90_000;
const PACKAGE = 'chromium';
const WITHOUT = 'The other tests run without: npx vitest run --project node';

/**
 * @param {import('./system.mjs').System} system
 * @returns {string} the rest of a sentence that says how to come by a browser
 */
export function browserAdvice({ family, id }) {
  const own = `or name your own Chromium, Chrome or Edge in ${BROWSER_VARIABLE}.`;
  // What Ubuntu calls chromium is a shim for a snap, which does not run everywhere.
  if (family === 'debian' && id !== 'ubuntu') return `run apt-get install ${PACKAGE} as root, ${own}`;
  if (family === 'fedora') return `run dnf install chromium as root, ${own}`;
  if (family === 'arch') return `run pacman -S chromium as root, ${own}`;
  return `install Google Chrome, ${own}`;
}

/**
 * @param {import('./system.mjs').System} system
 * @returns {string} the browser's executable
 */
function installBrowser(system) {
  const advice = browserAdvice(system);
  const installs = system.family === 'debian' && system.id !== 'ubuntu';
  const administrator = installs ? findAdministrator() : undefined;
  if (!administrator) {
    const asRoot = installs ? 'run npm test once as root, or ' : '';
    throw new SetupError(`No browser was found to run tests in: ${asRoot}${advice} ${WITHOUT}`);
  }
  say(`No browser to run tests in: installing ${PACKAGE} …`);
  installPackage(administrator, PACKAGE, { advice });
  const installed = findBrowser();
  if (!installed)
    throw new SetupError(`apt installed ${PACKAGE}, but no browser is where it should be: ${advice}`);
  return installed;
}

/**
 * @param {string} root
 * @param {string} browser
 */
function browserKey(root, browser) {
  const driver = JSON.parse(readFileSync(join(root, 'node_modules', 'playwright', 'package.json'), 'utf8'));
  const { size, mtimeMs } = statSync(browser);
  return fingerprint([browser, size, mtimeMs, driver.version, browserFlags()]);
}

/**
 * Looks for a browser of the kin of Chromium, installs Debian's where there is none and that can be done, and sees
 * whether it has WebGPU. A second call is quick: it trusts the first one's answer as long as nothing has changed.
 *
 * @param {string} root the project's folder
 */
export function ensureBrowser(root) {
  const system = readSystem();
  const browser = findBrowser() ?? installBrowser(system);
  if (!existsSync(browser)) {
    throw new SetupError(
      `${BROWSER_VARIABLE} names ${browser}, which is not there: mend or unset it. ${WITHOUT}`,
    );
  }
  if (hasStamp(root, 'browser', browserKey(root, browser))) return;
  const probe = fileURLToPath(new URL('probe-browser.mjs', import.meta.url));
  const result = run(process.execPath, [probe, browser], { cwd: root, timeoutMs: PROBE_MS });
  const { name, problem = '' } = parse(result.stdout) ?? { problem: result.output };
  if (!name) {
    throw new SetupError(`${browser} has no usable WebGPU: ${browserAdvice(system)} ${WITHOUT}`, problem);
  }
  say(`Browser for tests: ${browser} ${name}`);
  leaveStamp(root, 'browser', browserKey(root, browser), { browser, name });
}

/**
 * @param {string} json
 * @returns {{ name?: string, problem?: string } | undefined}
 */
function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
