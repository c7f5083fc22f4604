import { describe, expect, it } from 'vitest';
import { resize } from '../../src/kernels/index.js';
import { loadFixture } from '../support/fixtures.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';
import { signed } from '../support/seeded.js';

const gpu = useGpu();
type Size = [channels: number, height: number, width: number];

/**
 * The weights of output i over the inputs of one axis, in float64, from the definition: a triangle about the
 * output's centre, stretched by the scale when shrinking, sampled at the centres of the inputs, normalised.
 */
function weights(i: number, from: number, to: number): Float64Array {
  const scale = from / to;
  const center = (i + 0.5) * scale;
  const reach = Math.max(scale, 1);
  const raw = Float64Array.from({ length: from }, (_, j) =>
    Math.max(0, 1 - Math.abs(j + 0.5 - center) / reach),
  );
  const sum = raw.reduce((a, b) => a + b);
  return raw.map((w) => w / sum);
}

function oracle(x: ArrayLike<number>, [channels, h, w]: Size, height: number, width: number): Float64Array {
  const y = new Float64Array(channels * height * width);
  const columns = Array.from({ length: width }, (_, i) => weights(i, w, width));
  const rows = Array.from({ length: height }, (_, i) => weights(i, h, height));
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < height; i++) {
      for (let k = 0; k < width; k++) {
        let sum = 0;
        for (let j = 0; j < h; j++) {
          if (rows[i]![j] === 0) continue;
          for (let l = 0; l < w; l++) sum += rows[i]![j]! * columns[k]![l]! * x[(c * h + j) * w + l]!;
        }
        y[(c * height + i) * width + k] = sum;
      }
    }
  }
  return y;
}

async function resized(data: Float32Array, [channels, h, w]: Size, height: number, width: number) {
  const [y] = await evaluate(gpu(), [{ data, shape: [1, channels, h, w] }], (r, x) =>
    resize(r, x!, height, width),
  );
  return y!;
}

describe.each<[Size, number, number]>([
  [[1, 1, 1], 1, 1],
  [[1, 1, 1], 4, 7],
  [[3, 7, 5], 1, 1],
  [[3, 1, 23], 1, 10],
  [[1, 23, 1], 40, 1],
  [[3, 37, 53], 16, 16],
  [[3, 16, 16], 37, 53],
  [[2, 40, 10], 13, 33],
  [[3, 64, 48], 32, 24],
  [[1, 200, 3], 199, 3],
])('from %j to %i × %i', (size, height, width) => {
  it('is the triangle filter', async () => {
    const x = uniform(1, size[0] * size[1] * size[2]);
    // Weights are exact; a sum of n products of numbers below 1 is off by at most n roundings of 2⁻²⁴, and n is
    // at most 2 · 200/1 over the two axes here, typically a tenth of that.
    const expected = oracle(x, size, height, width);
    expect(await resized(x, size, height, width)).toBeAllClose(expected, { absolute: 3e-6 });
  });

  it('keeps a constant', async () => {
    const x = new Float32Array(size[0] * size[1] * size[2]).fill(0.7);
    const expected = new Float32Array(size[0] * height * width).fill(0.7);
    expect(await resized(x, size, height, width)).toBeAllClose(expected, { absolute: 3e-6 });
  });
});

describe.each((await loadFixture('kernels')).resizes)('from $source to $target', (figures) => {
  it("gives PyTorch's figures, and Pillow's", async () => {
    const [h, w] = figures.source;
    const [height, width] = figures.target;
    const y = await resized(signed(figures.seed, h * w), [1, h, w], height, width);
    // Theirs have nine digits; ours have the roundings of two sums of at most ten float32 numbers below 1.
    expect(y).toBeAllClose(figures.output, { absolute: 3e-7 });
    expect(y).toBeAllClose(figures.pillow, { absolute: 3e-7 + figures.pillowDistance });
  });
});

it('is exact for a large photograph made small, where float32 coordinates would not be', async () => {
  const [from, to] = [8191, 509];
  const x = uniform(2, from);
  const expected = oracle(x, [1, 1, from], 1, to);
  // About 32 samples each: their roundings, and not one in the coordinates (8191 · 2⁻²⁴ = 5e-4 of a sample).
  expect(await resized(x, [1, 1, from], 1, to)).toBeAllClose(expected, { absolute: 1e-6 });
});

it('averages pairs of samples as PIL does, with a quarter of their neighbours', async () => {
  // Shrinking by 2: the triangle reaches 2 samples, so the weights are 1, 3, 3, 1 eighths, cut at the borders.
  const y = await resized(Float32Array.of(0, 0, 8, 0, 0, 0), [1, 1, 6], 1, 3);
  expect(y).toBeAllClose([8 / 7, 3, 0], { absolute: 1e-6 });
});

it('changes nothing when neither side does', async () => {
  await evaluate(gpu(), [{ data: uniform(3, 12), shape: [1, 1, 3, 4] }], (r, x) => {
    expect(resize(r, x!, 3, 4)).toBe(x);
    return x!;
  });
});

it.each([
  [[1, 1, 1, 2], 0, 2, /a side of 0/],
  [[1, 1, 1, 2], 1.5, 2, /a side of 1.5/],
  [[1, 1, 2], 2, 2, /\[N, C, H, W\]/],
  [[1, 1, 1, 40_000], 1, 40_001, /too far/],
])('refuses %j to %d × %d', async (shape, height, width, message) => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const run = evaluate(gpu(), [{ data, shape }], (r, x) => resize(r, x!, height, width));
  await expect(run).rejects.toThrow(message);
});
