import { describe, expect, it } from 'vitest';
import { type Normalisation, normalise, normaliseBackward } from '../../src/kernels/index.js';
import { normalisationOf, type PreprocessingName, PREPROCESSINGS } from '../../src/vgg/preprocessing.js';
import { inner, numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/** Written from the definition, in float64, on [N, 3, plane]. */
function oracle(x: ArrayLike<number>, plane: number, { factors, offsets, reversed }: Normalisation) {
  return Float64Array.from(x, (_, i) => {
    const [image, channel] = [Math.floor(i / plane / 3), Math.floor(i / plane) % 3];
    const from = reversed ? 2 - channel : channel;
    return factors[channel]! * x[(image * 3 + from) * plane + (i % plane)]! + offsets[channel]!;
  });
}

const MAPS: [string, Normalisation][] = [
  ['factors and offsets', { factors: [2, -3, 0.7], offsets: [-0.5, 0, 1.25], reversed: false }],
  ['the same to BGR', { factors: [2, -3, 0.7], offsets: [-0.5, 0, 1.25], reversed: true }],
];

/**
 * The two constants, the product and the sum are rounded to float32, or the last two once: at most four roundings of
 * 2⁻²⁴ of what the terms come to.
 */
const tolerance = (terms: number) => ({ absolute: 4 * 2 ** -24 * terms });

// One pixel; channels that are no multiple of four though all elements together are; two images; channels that are one;
// more than a thousand workgroups.
describe.each([[[1, 3, 1, 1]], [[4, 3, 1, 2]], [[2, 3, 5, 7]], [[1, 3, 12, 12]], [[1, 3, 331, 331]]])(
  'normalise on %j',
  (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const plane = shape[2]! * shape[3]!;
    const [x, before] = [uniform(1, size, 0, 1), uniform(2, size)];

    it.each(MAPS)('is factor · x + offset: %s', async (_, map) => {
      const [y] = await evaluate(gpu(), [{ data: x, shape }], (r, a) => normalise(r, a!, map));
      expect(y).toBeAllClose(oracle(x, plane, map), tolerance(3 + 1.25));
    });

    it.each(MAPS)('has the transpose for a gradient, added to what was there: %s', async (_, map) => {
      // ⟨normalise(x) − offsets, dy⟩ = ⟨x, gradient⟩ for all x: channel c of the gradient has the factor of the channel
      // that it went to.
      const { factors, reversed } = map;
      const [a, b, c] = factors;
      const transposed: Normalisation = {
        factors: reversed ? [c, b, a] : [a, b, c],
        offsets: [0, 0, 0],
        reversed,
      };
      const expected = oracle(x, plane, transposed);
      const inputs = [x, before].map((data) => ({ data, shape }));
      const [dx] = await evaluate(gpu(), inputs, (r, dy) => normaliseBackward(r, dy!, map));
      expect(dx).toBeAllClose(expected, tolerance(3));
      const [sum] = await evaluate(gpu(), inputs, (r, dy, into) => normaliseBackward(r, dy!, map, into));
      expect(sum).toBeAllClose(
        expected.map((value, i) => value + before[i]!),
        tolerance(3 + 1),
      );
    });
  },
);

it.each(MAPS)("normalise's gradient agrees with finite differences: %s", async (_, map) => {
  const [x, dy] = [uniform(3, 36), uniform(4, 36)];
  const expected = numericalGradient((p) => inner(oracle(p, 6, map), dy), x);
  const inputs = [{ data: dy, shape: [2, 3, 2, 3] }];
  const [dx] = await evaluate(gpu(), inputs, (r, a) => normaliseBackward(r, a!, map));
  // Of a linear map in float64, differences are exact to some 1e-11.
  expect(dx).toBeAllClose(expected, { absolute: 4 * 2 ** -24 * 3 + 1e-9 });
});

it.each<[PreprocessingName, (rgb: number[]) => number[]]>([
  // As torchvision's transforms.Normalize, and as Caffe's VGG example, write them down.
  ['imagenet', (rgb) => rgb.map((v, c) => (v - [0.485, 0.456, 0.406][c]!) / [0.229, 0.224, 0.225][c]!)],
  ['caffe', ([r, g, b]) => [255 * b! - 103.939, 255 * g! - 116.779, 255 * r! - 123.68]],
])('is %s when told so', async (name, expected) => {
  const rgb = [0.25, 0.5, 1];
  const inputs = [{ data: Float32Array.from(rgb), shape: [1, 3, 1, 1] }];
  const map = normalisationOf(PREPROCESSINGS[name])!;
  const [y] = await evaluate(gpu(), inputs, (r, x) => normalise(r, x!, map));
  expect(y).toBeAllClose(expected(rgb), tolerance(255 + 124));
});

it('is left out where nothing is to be done', () => {
  expect(normalisationOf(PREPROCESSINGS.none)).toBeUndefined();
});

it.each([[[1, 1, 2, 6]], [[3, 2, 2]], [[12]]])('refuses %j', async (shape) => {
  const inputs = [{ data: new Float32Array(12), shape }];
  const [, map] = MAPS[0]!;
  await expect(evaluate(gpu(), inputs, (r, x) => normalise(r, x!, map))).rejects.toThrow(/\[N, 3, H, W\]/);
  await expect(evaluate(gpu(), inputs, (r, x) => normaliseBackward(r, x!, map))).rejects.toThrow(/normalise/);
});

it('refuses what is not finite', async () => {
  const inputs = [{ data: new Float32Array(3), shape: [1, 3, 1, 1] }];
  const map: Normalisation = { factors: [1, Infinity, 1], offsets: [0, 0, 0], reversed: false };
  await expect(evaluate(gpu(), inputs, (r, x) => normalise(r, x!, map))).rejects.toThrow(/finite/);
});
