// The browser page: serves it from its sources, or with "build" makes it static in web/dist. Does the set-up that the page
// needs, which is less than the command line's: its GPU is the browser's affair. Further arguments go to Vite, as in:
// npm run web -- --port 8080 --host
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeVersionProblem } from './setup/node-version.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { SetupError } from './setup/shell.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem) throw new SetupError(problem);
  ensurePackages(root);
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const [command, ...rest] =
    process.argv[2] === 'build' ? process.argv.slice(2) : ['dev', ...process.argv.slice(2)];
  const steps = [
    ['scripts/embed-shaders.mjs'],
    [vite, command, '--config', join('web', 'vite.config.ts'), ...rest],
  ];
  // Ctrl-C reaches the server as well, which then ends: wait for it.
  process.on('SIGINT', () => {});
  for (const step of steps) {
    const { status, error } = spawnSync(process.execPath, step, { cwd: root, stdio: 'inherit' });
    if (error) throw new SetupError(`${step[0]} could not be started: ${error.message}`);
    if (status) process.exitCode = status;
    if (process.exitCode) break;
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output) console.error(error.output);
  console.error(error.message);
  process.exitCode = 1;
}
