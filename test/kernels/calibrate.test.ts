import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tune } from '../../src/node/tuning.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scumble-tuning-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('ranks every variant by measuring once, and then from the file', async () => {
  const file = join(folder, 'new', 'variants.json');
  const before = gpu().memory.bytes;
  expect(await tune(gpu(), file)).toBe(true);
  const { ranked } = gpu().variants;
  expect(ranked['conv2d']!['64→64 @ 32×32']!.toSorted()).toEqual(['direct', 'tiled', 'uniform', 'winograd']);
  expect(ranked['gram']!['64 @ 1024']!.toSorted()).toEqual(['lanes', 'tiled']);
  expect(gpu().memory.bytes, 'the probes are freed').toBe(before);

  const kept = await readFile(file, 'utf8');
  expect(kept).toContain('"winograd"');
  expect(await tune(gpu(), file)).toBe(false);
  expect(await readFile(file, 'utf8')).toBe(kept);
});

it.each(['', '{', '[]', '{"x": 1}', '{"x": {"conv2d": {"1": [1]}}}'])(
  'measures anew past a damaged file: %j',
  async (text) => {
    const file = join(folder, 'damaged.json');
    await writeFile(file, text);
    expect(await tune(gpu(), file)).toBe(true);
    expect(await tune(gpu(), file)).toBe(false);
  },
);

it('works where nothing can be written', async () => {
  expect(await tune(gpu(), join(folder, 'damaged.json', 'no folder', 'variants.json'))).toBe(true);
});
