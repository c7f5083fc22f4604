import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sum } from '../../src/autodiff/operations.js';
import { Tape } from '../../src/autodiff/tape.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { type Pooling, recordVgg, VggFilters } from '../../src/vgg/network.js';
import { type Preprocessing, PREPROCESSINGS } from '../../src/vgg/preprocessing.js';
import { seededFilters } from '../support/filters.js';
import { useGpu } from '../support/gpu.js';
import { conv2dGradientOracle, conv2dOracle } from '../oracles/conv2d.js';
import { convWeights, seededImage } from '../support/seeded.js';

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

describe('preprocessing', () => {
  const shape = [64, 3, 3, 3] as const;
  const { weight, bias } = convWeights(0);
  const image = seededImage('probe', HEIGHT, WIDTH);
  const ones = new Float32Array(64 * HEIGHT * WIDTH).fill(1);

  /** conv1_1 of the image, the gradient of its sum, and what was recorded for them. */
  async function convolve(preprocessing?: Preprocessing) {
    const vgg = VggFilters.upload(gpu(), new Map([['conv1_1', { weight, bias, shape }]]), preprocessing);
    const x = gpu().tensor('image', [1, 3, HEIGHT, WIDTH], image);
    const recorder = new Recorder(gpu());
    const tape = new Tape(recorder);
    const variable = tape.variable(x);
    const y = recordVgg(variable, vgg, ['conv1_1']).get('conv1_1')!;
    const gradient = tape.backward(sum(y)).get(variable)!;
    const labels = recorder.steps.map(({ label }) => label);
    const program = await recorder.freeze([y.value, gradient]);
    program.run();
    const [features, dx] = [await gpu().read(y.value), await gpu().read(gradient)];
    program.dispose();
    vgg.dispose();
    gpu().free(x);
    return { features, dx, labels };
  }

  const geometry = {
    ...{ batch: 1, inputChannels: 3, inputHeight: HEIGHT, inputWidth: WIDTH },
    ...{ outputChannels: 64, outputHeight: HEIGHT, outputWidth: WIDTH, kernelHeight: 3, kernelWidth: 3 },
    ...{ strideX: 1, strideY: 1, padding: { top: 1, bottom: 1, left: 1, right: 1 } },
  };
  const pixels = HEIGHT * WIDTH;

  it('comes before the zero padding of the first convolution, forward and backward', async () => {
    const { features, dx, labels } = await convolve(PREPROCESSINGS.caffe);
    const mean = [103.939, 116.779, 123.68];
    const bgr = Float64Array.from(image, (_, i) => {
      const channel = Math.floor(i / pixels);
      return 255 * image[(2 - channel) * pixels + (i % pixels)]! - mean[channel]!;
    });
    // 27 products of a number below 152 and weights of 0.27 at most: 27 · 152 · 0.27 · 28 roundings of 2⁻²⁴ at worst.
    const largest = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const absolute = 27 * 152 * largest * 28 * 2 ** -24;
    expect(features).toBeAllClose(conv2dOracle(geometry, bgr, weight, bias), { absolute });

    const inner = conv2dGradientOracle(geometry, bgr, weight, ones).dx;
    const expected = Float64Array.from(inner, (_, i) => {
      const channel = Math.floor(i / pixels);
      return 255 * inner[(2 - channel) * pixels + (i % pixels)]!;
    });
    // Sums of 9 · 64 weights, times 255, with as many roundings.
    expect(dx).toBeAllClose(expected, { absolute: 576 * largest * 255 * 577 * 2 ** -24 });
    expect(labels.filter((label) => label.includes('normalise'))).toHaveLength(2);
  });

  it('costs nothing where there is none', async () => {
    const [none, plain] = [await convolve(PREPROCESSINGS.none), await convolve()];
    expect(none).toEqual(plain);
    expect(none.labels.filter((label) => label.includes('normalise'))).toEqual([]);
  });
});
