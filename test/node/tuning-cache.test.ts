import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdapterFacts, adapterFacts } from '../../src/gpu/facts.js';
import type { Measured } from '../../src/gpu/tuning/rank.js';
import { mergeMeasured, TuningCache } from '../../src/node/tuning-cache.js';

const FACTS: AdapterFacts = {
  ...adapterFacts(undefined),
  vendor: 'acme',
  architecture: 'anvil',
  description: 'driver 1.0',
};

const measured = (operation: string, shape: string, variant: string): Measured => ({
  operation,
  shape,
  timings: [
    { variant, milliseconds: 1.5, inside: 2 },
    { variant: 'slow', milliseconds: 30, rough: true },
  ],
});

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scumble-tuning-'));
  file = join(folder, 'new', 'variants.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the cache of measurements', () => {
  it('gives back what was added, and makes its folder', async () => {
    const cache = new TuningCache(file, FACTS);
    expect(await cache.read()).toEqual([]);
    const items = [measured('conv2d', '64→64 @ 8×8', 'a'), measured('gram', '64 @ 64', 'b')];
    await cache.add(items);
    expect(await new TuningCache(file, FACTS).read()).toEqual(items);
    expect(await readdir(join(folder, 'new')), 'nothing else is left').toEqual(['variants.json']);
  });

  it('keeps what others added, but for the same shape', async () => {
    const [one, other] = [new TuningCache(file, FACTS), new TuningCache(file, FACTS)];
    await one.read();
    await other.add([measured('gram', '1', 'a'), measured('gram', '2', 'a')]);
    await one.add([measured('gram', '2', 'b'), measured('gram.dInput', '1', 'c')]);
    expect(await other.read()).toEqual([
      measured('gram', '1', 'a'),
      measured('gram', '2', 'b'),
      measured('gram.dInput', '1', 'c'),
    ]);
  });

  it('keeps adapters and drivers apart', async () => {
    await new TuningCache(file, FACTS).add([measured('gram', '1', 'a')]);
    const newer = new TuningCache(file, { ...FACTS, description: 'driver 1.1' });
    expect(await newer.read()).toEqual([]);
    await newer.add([measured('gram', '1', 'b')]);
    expect(await new TuningCache(file, FACTS).read()).toEqual([measured('gram', '1', 'a')]);
    expect(await newer.read()).toEqual([measured('gram', '1', 'b')]);
  });

  it('forgets what other shaders took', async () => {
    await new TuningCache(file, FACTS, 'old').add([measured('gram', '1', 'a')]);
    const cache = new TuningCache(file, FACTS, 'new');
    expect(await cache.read()).toEqual([]);
    await cache.add([measured('gram', '2', 'b')]);
    expect(await cache.read()).toEqual([measured('gram', '2', 'b')]);
    expect(await readFile(file, 'utf8')).not.toContain('"old"');
  });

  const entry = (rest: string) => `{"acme, anvil, driver 1.0": {"version": "v", ${rest}}}`;
  it.each([
    '',
    '{',
    '[]',
    '{"x": 1}',
    '{"x": {"conv2d": ["a"]}}',
    entry('"measured": {}'),
    entry('"measured": [{"operation": "gram", "shape": "1"}]'),
    entry(
      '"measured": [{"operation": "gram", "shape": "1", "timings": [{"variant": 1, "milliseconds": 1}]}]',
    ),
    entry(
      '"measured": [{"operation": "gram", "shape": "1", "timings": [{"variant": "a", "milliseconds": null}]}]',
    ),
  ])('takes a damaged file for an empty one, and mends it: %j', async (text) => {
    file = join(folder, 'variants.json');
    await writeFile(file, text);
    const cache = new TuningCache(file, FACTS, 'v');
    expect(await cache.read()).toEqual([]);
    await cache.add([measured('gram', '1', 'a')]);
    expect(await cache.read()).toEqual([measured('gram', '1', 'a')]);
  });

  it('says where nothing can be written', async () => {
    await writeFile(join(folder, 'file'), 'kept');
    const cache = new TuningCache(join(folder, 'file', 'variants.json'), FACTS);
    await expect(cache.add([measured('gram', '1', 'a')])).rejects.toThrow(
      /cannot be kept in .*: there is a file where a folder should be; another folder can be named in SCUMBLE_CACHE\.$/,
    );
    expect(await cache.read()).toEqual([]);
    expect(await readdir(folder)).toEqual(['file']);
  });
});

it('merges by operation and shape, the newer before the older', () => {
  const old = [measured('gram', '1', 'a'), measured('conv2d', '1', 'a')];
  const fresh = [measured('gram', '1', 'b'), measured('gram', '2', 'b')];
  expect(mergeMeasured(old, fresh)).toEqual([fresh[0], old[1], fresh[1]]);
});
