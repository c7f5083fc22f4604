import { describe, expect, it } from 'vitest';
import { normalNoise, uniformNoise, type NormalNoise, type UniformNoise } from '../../src/kernels/index.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { correlation, kolmogorovSmirnov, moments, normalCdf } from '../support/statistics.js';
import { threefry2x32 } from '../../bench/oracles/threefry.js';

const gpu = useGpu();
const SEED_OF_TWO_WORDS = 2 ** 40 + 12345;

async function sample(fill: typeof uniformNoise | typeof normalNoise, noise: NoiseOptions, shape: number[]) {
  const [y] = await evaluate(gpu(), [], (recorder) => {
    const tensor = recorder.temporary('noise', shape);
    fill(recorder, tensor, noise);
    return tensor;
  });
  return y!;
}
type NoiseOptions = UniformNoise & NormalNoise;

const uniformOf = (noise: UniformNoise, shape: number[]) => sample(uniformNoise, noise, shape);
const normalOf = (noise: NormalNoise, shape: number[]) => sample(normalNoise, noise, shape);

/** The two 24-bit fractions of element i. */
function fractions(i: number, seed: number): [number, number] {
  const [a, b] = threefry2x32([i, 0], [seed % 2 ** 32, Math.floor(seed / 2 ** 32)]);
  return [(a >>> 8) / 2 ** 24, (b >>> 8) / 2 ** 24];
}

it('the reference generator gives the published known answers', () => {
  // Random123's kat_vectors, "threefry2x32 20": the counter, the key, the result.
  expect(threefry2x32([0, 0], [0, 0])).toEqual([0x6b200159, 0x99ba4efe]);
  expect(threefry2x32([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toEqual([0x1cb996fc, 0xbb002be7]);
  expect(threefry2x32([0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344])).toEqual([0xc4923a9c, 0x483df7a0]);
});

describe.each([0, 7, SEED_OF_TWO_WORDS])('noise from seed %i', (seed) => {
  it.each([[[1]], [[1, 1, 1, 7]], [[1, 3, 19, 23]]])(
    'of shape %j is what the formula says',
    async (shape) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const indices = Array.from({ length: size }, (_, i) => i);
      const u = indices.map((i) => fractions(i, seed)[0]);
      // A fraction of 24 bits is a float32: exact.
      expect(await uniformOf({ seed }, shape)).toBeAllClose(u, {});
      // Two roundings, each at most half an ulp of a number below 8.
      const scaled = u.map((v) => -3 + 8 * v);
      expect(await uniformOf({ seed, low: -3, high: 5 }, shape)).toBeAllClose(scaled, { absolute: 4.8e-7 });
      const z = indices.map((i) => {
        const [a, b] = fractions(i, seed);
        return 1 + 2 * Math.sqrt(-2 * Math.log(a + 2 ** -24)) * Math.cos(2 * Math.PI * b);
      });
      // WGSL grants the cosine an absolute error of 2⁻¹¹, times a radius of at most 5.77 and a deviation of 2, and
      // the logarithm one of 2⁻²¹ near 1, worth 1e-3 in the root of the least of these radii.
      expect(await normalOf({ seed, mean: 1, std: 2 }, shape)).toBeAllClose(z, { absolute: 8e-3 });
    },
  );
});

it('is the same whatever the size, also where the grid folds into two dimensions', async () => {
  const large = 65_535 * 256 + 1_000;
  const y = await uniformOf({ seed: 5 }, [large]);
  expect(y.subarray(0, 1000)).toEqual(await uniformOf({ seed: 5 }, [1000]));
  for (const i of [65_535 * 128, 65_535 * 256 - 1, 65_535 * 256, large - 1]) {
    expect(y[i]).toBe(fractions(i, 5)[0]);
  }
});

/*
 * All samples come from fixed seeds, so these tests cannot fail by chance. Their bounds are those that a fresh
 * sample of true random numbers would exceed once in a million (4.9 standard errors) or less.
 */
const COUNT = 2 ** 18;
const SIGMAS = 4.9;

describe('the statistics of', () => {
  it('uniform noise: mean, variance, and distribution by Kolmogorov and Smirnov', async () => {
    const y = await uniformOf({ seed: 11, low: -1, high: 3 }, [COUNT]);
    expect(y.every((v) => v >= -1 && v < 3)).toBe(true);
    const { mean, variance } = moments(y);
    // Width 4: variance 16/12, fourth central moment 4⁴/80.
    expect(Math.abs(mean - 1)).toBeLessThan(SIGMAS * Math.sqrt(4 / 3 / COUNT));
    expect(Math.abs(variance - 4 / 3)).toBeLessThan(SIGMAS * Math.sqrt((256 / 80 - 16 / 9) / COUNT));
    expect(kolmogorovSmirnov(y, (v) => (v + 1) / 4)).toBeLessThan(ksBound());
  });

  it('normal noise: mean, variance, and distribution by Kolmogorov and Smirnov', async () => {
    const y = await normalOf({ seed: 12, mean: 0.5, std: 0.25 }, [COUNT]);
    const { mean, variance } = moments(y);
    expect(Math.abs(mean - 0.5)).toBeLessThan((SIGMAS * 0.25) / Math.sqrt(COUNT));
    expect(Math.abs(variance / 0.0625 - 1)).toBeLessThan(SIGMAS * Math.sqrt(2 / COUNT));
    expect(kolmogorovSmirnov(y, (v) => normalCdf((v - 0.5) / 0.25))).toBeLessThan(ksBound());
  });

  it('neighbours, and equal places under neighbouring seeds: uncorrelated', async () => {
    const [a, b] = await Promise.all([20, 21].map((seed) => normalOf({ seed }, [COUNT])));
    for (const lag of [1, 2, 3, 256]) {
      const r = correlation(a!.subarray(0, COUNT - lag), a!.subarray(lag));
      expect(Math.abs(r)).toBeLessThan(SIGMAS / Math.sqrt(COUNT - lag));
    }
    expect(Math.abs(correlation(a!, b!))).toBeLessThan(SIGMAS / Math.sqrt(COUNT));
  });
});

/** Kolmogorov's limit: P(D > d) ≈ 2 exp(−2 n d²), here one in a million. */
const ksBound = () => Math.sqrt(Math.log(2e6) / (2 * COUNT));

it('never reaches the upper bound, though the sum would round to it', async () => {
  // Between 2²³ and 2²³ + 1 there is no float32, so all but the smallest fractions would round up.
  const y = await uniformOf({ seed: 1, low: 2 ** 23, high: 2 ** 23 + 1 }, [1000]);
  expect(new Set(y)).toEqual(new Set([2 ** 23]));
});

it('writes into a tensor that is already there', async () => {
  const x = gpu().tensor('x', [3], Float32Array.of(9, 9, 9));
  await evaluate(gpu(), [], (recorder) => {
    normalNoise(recorder, x, { seed: 3, mean: 0.5, std: 0 });
    return x;
  });
  expect(await gpu().read(x)).toEqual(Float32Array.of(0.5, 0.5, 0.5));
  gpu().free(x);
});

it.each<[string, NoiseOptions]>([
  ['seed', { seed: 1.5 }],
  ['seed', { seed: -1 }],
  ['seed', { seed: 2 ** 53 }],
  ['low below high', { seed: 1, low: 1, high: 1 }],
  ['low below high', { seed: 1, low: 0, high: Infinity }],
])('refuses a bad %s: %j', async (sentence, noise) => {
  await expect(uniformOf(noise, [1])).rejects.toThrow(sentence);
});

it.each<NormalNoise>([
  { seed: 1, std: -1 },
  { seed: 1, mean: NaN },
])('refuses %j', async (noise) => {
  await expect(normalOf(noise, [1])).rejects.toThrow(/finite mean and a deviation/);
});
