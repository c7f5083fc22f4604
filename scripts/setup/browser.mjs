// Which browser the tests drive, and how it must be started to have WebGPU.
import { existsSync } from 'node:fs';

/** Names the browser to use instead of what is looked for. */
export const BROWSER_VARIABLE = 'SCUMBLE_CHROMIUM';

// Those of the system's own packages first; Ubuntu's chromium-browser, a shim for a snap, last.
/** @type {Record<string, string[]>} */
const PLACES = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/usr/bin/microsoft-edge',
    '/usr/bin/brave-browser',
    '/usr/bin/chromium-browser',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/**
 * The browser of the kin of Chromium to use, whether or not it works.
 *
 * @param {{ env?: Record<string, string | undefined>, platform?: string, exists?: (path: string) => boolean }} [machine]
 * @returns {string | undefined} its executable; what the variable names is taken as it is
 */
export function findBrowser({ env = process.env, platform = process.platform, exists = existsSync } = {}) {
  return env[BROWSER_VARIABLE] || PLACES[platform]?.find((path) => exists(path));
}

/**
 * The switches that a browser started for tests takes, beside those by which Playwright keeps it quiet.
 *
 * @param {string} [platform]
 * @returns {string[]}
 */
export function browserFlags(platform = process.platform) {
  if (platform !== 'linux') return ['--disable-quic', '--enable-unsafe-webgpu'];
  return [
    '--disable-quic',
    // Root may not use the sandbox, nor may anybody where user namespaces are restricted. The tests load no page but ours.
    '--no-sandbox',
    '--enable-unsafe-webgpu',
    // SwiftShader, which comes with the browser, for all that draws: so every machine computes alike, and as pages and
    // WebGPU share one Vulkan, a WebGPU canvas can be shown and read back. Mesa's lavapipe is no choice, as it cannot
    // share textures with the rest of the browser, and the browser then passes it by.
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
  ];
}
