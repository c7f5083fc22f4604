/** What of the library goes into a browser: no Node, no globals, and no more than what is asked for. */
import { build } from 'esbuild';
import { builtinModules } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const library = new URL('../../src/index.ts', import.meta.url).pathname;

/** Bundles a module for a browser, and tells what went into it. */
async function bundle(contents: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: contents.replaceAll('scumble', library), resolveDir: '/', loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'bundled',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { code: outputFiles[0]!.text, imports, inputs: inputs.map(([path]) => path) };
}

describe('the whole library', async () => {
  const { code, imports, inputs } = await bundle("export * from 'scumble'");

  it('imports nothing of Node', () => {
    const foreign = imports.filter(
      ({ path, external }) => external || path.startsWith('node:') || builtinModules.includes(path),
    );
    expect(foreign).toEqual([]);
    expect(inputs.filter((path) => /src\/(node|cli)\//.test(path))).toEqual([]);
    expect(inputs.some((path) => path.endsWith('src/engine/engine.ts'))).toBe(true);
  });

  it('loads where there is nothing but JavaScript itself, and leaves nothing behind', () => {
    const context = createContext({});
    runInContext(code, context);
    expect(Object.keys(context)).toEqual(['bundled']);
    expect(runInContext('typeof bundled.createEngine + typeof bundled.kernels.relu', context)).toBe(
      'functionfunction',
    );
  });

  it('says so where there is no WebGPU', async () => {
    const context = createContext({});
    runInContext(code, context);
    const failure: unknown = await runInContext(
      'bundled.createEngine().catch(({ message }) => message)',
      context,
    );
    expect(failure).toMatch(/^There is no WebGPU here; use a browser that has it/);
  });
});

// esbuild keeps a namespace such as `kernels` whole; other bundlers take single kernels out of it.
it.each<[string, string, RegExp]>([
  ['the table of layers', "export { findLayer } from 'scumble'", /src\/(gpu|kernels|lbfgs|style|engine)\//],
  ['pixels', "export { toPlanar } from 'scumble'", /src\/(gpu|kernels|lbfgs|style|engine|vgg)\//],
  ['the optimiser', "export { Lbfgs } from 'scumble'", /src\/(style|engine|vgg)\//],
  [
    'the kernels',
    "import { kernels } from 'scumble'; export const f = kernels.relu",
    /src\/(lbfgs|style|engine|vgg)\//,
  ],
])('who takes only %s gets nothing else', async (_, source, unwanted) => {
  const { inputs } = await bundle(source);
  expect(inputs.length).toBeGreaterThan(0);
  expect(inputs.filter((path) => unwanted.test(path))).toEqual([]);
});
