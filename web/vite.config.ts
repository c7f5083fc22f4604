import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// What was measured of the kernels holds for these shaders only.
const shaders = createHash('sha256').update(readFileSync(here('../src/gpu/shaders.generated.ts')));

export default defineConfig({
  root: here('.'),
  // Relative, so that the built page can lie in any folder of any static host.
  base: './',
  define: { __BUILD__: JSON.stringify(shaders.digest('hex').slice(0, 16)) },
  resolve: { alias: { scumble: here('../src/index.ts') } },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2023', sourcemap: true },
  // The library, the embedded weights and the demo pictures lie beside web/.
  server: { fs: { allow: [here('..')] } },
});
