// Starts the browser that the command line names and asks it for a WebGPU device. Runs as a process of its own, since
// Playwright is not there before the packages are. Prints one JSON object: { name } on success, otherwise { problem }.
import { chromium } from 'playwright';
import { browserFlags } from './browser.mjs';

const START_MS = 30_000;

// Evaluated in the page: the adapter's name once it has given a device, undefined where there is none.
const OPEN_DEVICE = `(async () => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return undefined;
  (await adapter.requestDevice()).destroy();
  return [adapter.info.vendor, adapter.info.architecture].join(' ').trim();
})()`;

try {
  const browser = await chromium.launch({
    executablePath: process.argv[2],
    args: browserFlags(),
    timeout: START_MS,
  });
  const page = await browser.newPage();
  // WebGPU is for secure origins, and localhost is one; nobody needs to listen there.
  await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto('http://localhost/');
  /** @type {string | undefined} */
  const name = await page.evaluate(OPEN_DEVICE);
  const version = browser.version();
  await browser.close();
  console.log(JSON.stringify(name === undefined ? { problem: '' } : { name: `${version} on ${name}` }));
} catch (error) {
  // The rest of a message is a log of how the browser was started.
  const [problem] = String(error instanceof Error ? error.message : error).split('\n');
  console.log(JSON.stringify({ problem }));
}
