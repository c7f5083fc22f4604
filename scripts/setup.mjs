// Brings a fresh clone to where everything runs: packages, a WebGPU adapter, a build. Uses Node alone, since
// it runs before anything is installed, and does only what is still to be done. With --browser, as before the tests, a
// browser as well.
import { fileURLToPath } from 'node:url';
import { ensureAdapter } from './setup/adapter.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureBrowser } from './setup/ensure-browser.mjs';
import { nodeVersionProblem } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { SetupError } from './setup/shell.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem) throw new SetupError(problem);
  ensurePackages(root);
  ensureAdapter(root);
  ensureBuild(root);
  if (process.argv.includes('--browser')) ensureBrowser(root);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output) console.error(error.output);
  console.error(error.message);
  process.exitCode = 1;
}
