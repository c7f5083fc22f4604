import { afterAll, beforeAll, expect, it } from 'vitest';
import { Tape } from '../../src/autodiff/tape.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { type Pooling, recordVgg, type VggFilters } from '../../src/vgg/network.js';
import { seededFilters } from '../support/filters.js';
import { useGpu } from '../support/gpu.js';
import { seededImage } from '../support/seeded.js';

const gpu = useGpu();
const [HEIGHT, WIDTH] = [7, 9];
let filters: VggFilters;
beforeAll(() => (filters = seededFilters(gpu(), 'conv2_1')));
afterAll(() => filters.dispose());

async function layers(
  names: readonly string[],
  pooling?: Pooling,
): Promise<{ shape: readonly number[]; data: Float32Array }[]> {
  const image = gpu().tensor('image', [1, 3, HEIGHT, WIDTH], seededImage('probe', HEIGHT, WIDTH));
  const recorder = new Recorder(gpu());
  const outputs = recordVgg(new Tape(recorder).constant(image), filters, names, pooling);
  expect([...outputs.keys()]).toEqual([...new Set(names)]);
  const tensors = names.map((name) => outputs.get(name)!.value);
  const program = await recorder.freeze(tensors);
  program.run();
  const read = await Promise.all(tensors.map(async (t) => ({ shape: t.shape, data: await gpu().read(t) })));
  program.dispose();
  gpu().free(image);
  return read;
}

it('gives one layer the same values under both of its names', async () => {
  const [paper, seed, pool, seedPool] = await layers(['conv1_2', 'conv_2', 'pool1', 'pool_3']);
  expect(paper).toEqual(seed);
  expect(pool).toEqual(seedPool);
});

it('puts ReLU after a convolution, and halves the sides in a pool, rounding down', async () => {
  const [conv, relu, pool, next] = await layers(['conv1_2', 'relu1_2', 'pool1', 'conv2_1']);
  expect(conv!.data.some((value) => value < 0)).toBe(true);
  expect(relu!.data).toEqual(conv!.data.map((value) => Math.max(value, 0)));
  expect(relu!.shape).toEqual([1, 64, HEIGHT, WIDTH]);
  expect(pool!.shape).toEqual([1, 64, 3, 4]);
  expect(next!.shape).toEqual([1, 128, 3, 4]);
});

it.each<[Pooling, (window: number[]) => number]>([
  ['max', (window) => Math.max(...window)],
  ['average', (window) => window.reduce((sum, value) => sum + value, 0) / 4],
])('pools by the %s', async (pooling, join) => {
  const [relu, pool] = await layers(['relu1_2', 'pool1'], pooling);
  const at = (c: number, y: number, x: number) => relu!.data[(c * HEIGHT + y) * WIDTH + x]!;
  const expected = Array.from({ length: 64 * 3 * 4 }, (_, i) => {
    const [c, y, x] = [Math.floor(i / 12), 2 * (Math.floor(i / 4) % 3), 2 * (i % 4)];
    return join([at(c, y, x), at(c, y, x + 1), at(c, y + 1, x), at(c, y + 1, x + 1)]);
  });
  // Three float32 additions.
  expect(pool!.data).toBeAllClose(expected, { relative: 2e-7 });
});

it('refuses what cannot be built', async () => {
  await expect(layers(['conv9_9'])).rejects.toThrow(/no layer called "conv9_9"/);
  await expect(layers(['conv3_1'])).rejects.toThrow(/filters of conv2_2 have not been loaded/);
  await expect(layers(['pool5'])).rejects.toThrow(/too small for VGG-19 as deep as pool5/);
});
