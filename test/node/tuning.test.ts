import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Gpu } from '../../src/gpu/gpu.js';
import type { Recorder } from '../../src/gpu/recorder.js';
import { gram } from '../../src/kernels/index.js';
import { Tuning } from '../../src/node/tuning.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scumble-tuning-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('measures once, and then knows from the file', async () => {
  const file = join(folder, 'variants.json');
  const x = gpu().tensor('x', [1, 8, 16, 16]);
  const record = (recorder: Recorder) => void gram(recorder, x);
  const first = await Tuning.open(gpu(), { file });
  expect(first.measured).toEqual([]);
  const measured = await first.tune(record);
  expect(measured.map(({ operation, shape }) => [operation, shape])).toEqual([['gram', '8 @ 256']]);
  expect(first.measured).toEqual(measured);
  const kept = await readFile(file, 'utf8');

  const later = Gpu.adopt(gpu().device);
  const second = await Tuning.open(later, { file });
  expect(second.measured).toEqual(measured);
  const names = measured[0]!.timings.map(({ variant }) => variant);
  expect(later.variants.choose('gram', '8 @ 256', names.toReversed())).toBe(names[0]);
  expect(await second.tune(record)).toEqual([]);
  expect(await readFile(file, 'utf8')).toBe(kept);
  gpu().free(x);
});

it('says so where nothing can be kept, and knows it all the same', async () => {
  const notices: string[] = [];
  await writeFile(join(folder, 'file'), '');
  const file = join(folder, 'file', 'variants.json');
  const own = Gpu.adopt(gpu().device);
  const x = own.tensor('x', [1, 8, 16, 16]);
  const tuning = await Tuning.open(own, { file, onNotice: (sentence) => notices.push(sentence) });
  await tuning.tune((recorder) => void gram(recorder, x));
  expect(tuning.measured).toHaveLength(1);
  expect(notices).toEqual([expect.stringMatching(/cannot be kept in .*variants\.json, .*SCUMBLE_CACHE\.$/)]);
  own.dispose();
});
