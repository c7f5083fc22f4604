// Makes sure that there is a WebGPU adapter to compute on.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAdministrator } from './apt.mjs';
import { installSoftwareVulkan } from './install-mesa.mjs';
import { advice, readSystem } from './system.mjs';
import { SetupError, run, say } from './shell.mjs';
import { fingerprint, hasStamp, leaveStamp } from './stamp.mjs';

const PROBE_MS = 60_000;

// Where the Vulkan loader looks for drivers on Linux, in its documented order of the system folders.
const DRIVER_FOLDERS = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];

/**
 * @param {string} root the project's folder
 * @returns {{ name?: string, problem?: string }} the adapter's name, or why there is none
 */
export function probeAdapter(root) {
  const probe = fileURLToPath(new URL('probe.mjs', import.meta.url));
  const result = run(process.execPath, [probe], { cwd: root, timeoutMs: PROBE_MS });
  try {
    return JSON.parse(result.stdout);
  } catch {
    return { problem: result.output.trim() || `the probe gave no answer within ${PROBE_MS / 1000} s` };
  }
}

/**
 * All that could change the probe's answer, as far as can be seen without asking a driver.
 *
 * @param {string} root
 */
function adapterKey(root) {
  const dawn = JSON.parse(readFileSync(join(root, 'node_modules', 'webgpu', 'package.json'), 'utf8'));
  const drivers = DRIVER_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).map((file) => `${folder}/${file} ${statSync(join(folder, file)).mtimeMs}`),
  );
  const chosen = DRIVER_VARIABLES.map((name) => process.env[name] ?? '');
  return fingerprint([dawn.version, process.versions.node, platform(), arch(), drivers, chosen]);
}

/**
 * Looks for a usable adapter, and installs Mesa's software Vulkan where there is none and that can be done.
 * A second call is quick: it trusts the first one's answer as long as Node, Dawn and the drivers are the same.
 *
 * @param {string} root the project's folder
 */
export function ensureAdapter(root) {
  if (hasStamp(root, 'adapter', adapterKey(root))) return;
  let found = probeAdapter(root);
  if (!found.name) {
    const system = readSystem();
    const administrator = system.family === 'debian' ? findAdministrator() : undefined;
    if (!administrator) {
      const asRoot = system.family === 'debian' ? 'run npm run setup once as root, or ' : '';
      throw new SetupError(`No usable WebGPU adapter was found: ${asRoot}${advice(system)}`, found.problem);
    }
    installSoftwareVulkan(system, administrator);
    found = probeAdapter(root);
    if (!found.name) {
      throw new SetupError(
        `mesa-vulkan-drivers is installed but gives no usable WebGPU adapter (Dawn needs Vulkan 1.3 and a Mesa of 2023 or newer); use a newer ${system.name}, or a machine with a GPU driver.`,
        found.problem,
      );
    }
  }
  say(`WebGPU adapter: ${found.name}`);
  leaveStamp(root, 'adapter', adapterKey(root), { adapter: found.name });
}
