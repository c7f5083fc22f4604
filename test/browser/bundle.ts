import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { afterAll, beforeAll } from 'vitest';
import { type Served, serveFolder } from './serve.js';

const withoutNode: Plugin = {
  name: 'without-node',
  enforce: 'pre',
  resolveId(id, importer, { kind }) {
    if (!id.startsWith('node:')) return undefined;
    // What is imported on demand, as unzipit does where it finds itself in Node, fails if the page ever asks for it.
    if (kind === 'dynamic-import') return { id, external: true };
    throw new Error(`${importer} imports ${id}, which no browser has.`);
  },
};

/** Bundles a module for browsers into `folder`, with a page that runs it. It may not need Node. */
async function bundlePage(entry: string, folder: string): Promise<void> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [withoutNode],
    // A module may import 'scumble', as those of users do.
    resolve: { tsconfigPaths: true },
    base: './',
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'esnext',
      minify: false,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  });
  await writeFile(join(folder, 'index.html'), '<!doctype html><script type="module" src="page.js"></script>');
}

/**
 * A page that runs a module, bundled and served from before a test file's first test to after its last. Call at the top
 * level.
 *
 * @param entry the module's path from the project's folder
 * @returns what gives the page's address during tests
 */
export function useBundle(entry: string): () => string {
  let folder: string | undefined;
  let served: Served | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scumble-bundle-'));
    await bundlePage(entry, folder);
    served = await serveFolder(folder);
  });
  afterAll(async () => {
    await served?.close();
    if (folder) await rm(folder, { recursive: true });
  });
  return () => {
    if (!served) throw new Error('the page is there only while tests run');
    return served.url;
  };
}
