// Puts the command line into a few files, dist/cli/: Node takes longer to find and link two hundred modules than to open a
// GPU. What only some commands need stays apart, in files that are loaded when it is; packages stay where they are.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = 'dist/cli';

rmSync(new URL(`../${outdir}/`, import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
