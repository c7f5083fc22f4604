import { describe, expect, it } from 'vitest';
import { relu, reluBackward } from '../../src/kernels/index.js';
import { inner, numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/** Written from the definition, in float64. */
const oracle = (x: ArrayLike<number>) => Array.from(x, (v) => (v > 0 ? v : 0));

describe.each([[[1]], [[1, 1, 1, 1]], [[1, 3, 1, 7]], [[1, 3, 19, 23]], [[1, 3, 20, 23]], [[300_007]]])(
  'relu on %j',
  (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const x = uniform(1, size);
    const dy = uniform(2, size);

    it('is max(x, 0), exactly', async () => {
      const [y] = await evaluate(gpu(), [{ data: x, shape }], relu);
      expect(y).toBeAllClose(oracle(x), {});
    });

    it('passes dy where x > 0, added to what was there', async () => {
      const before = uniform(3, size);
      const expected = x.map((v, i) => (v > 0 ? dy[i]! : 0));
      const inputs = [x, dy, before].map((data) => ({ data, shape }));
      const [dx] = await evaluate(gpu(), inputs, (r, a, b) => reluBackward(r, a!, b!));
      expect(dx).toBeAllClose(expected, {});
      const [sum] = await evaluate(gpu(), inputs, (r, a, b, c) => reluBackward(r, a!, b!, c));
      // One float32 addition of numbers below 1: half an ulp of a number below 2.
      expect(sum).toBeAllClose(
        expected.map((v, i) => v + before[i]!),
        { absolute: 1.2e-7 },
      );
    });
  },
);

it("relu's gradient agrees with finite differences away from the kink", async () => {
  const x = uniform(4, 40).map((v) => v + Math.sign(v) * 0.01);
  const dy = uniform(5, 40);
  const expected = numericalGradient((p) => inner(oracle(p), dy), x);
  const inputs = [x, dy].map((data) => ({ data, shape: [40] }));
  const [dx] = await evaluate(gpu(), inputs, (r, a, b) => reluBackward(r, a!, b!));
  expect(dx).toBeAllClose(expected, { absolute: 1e-6 });
});

it('relu has gradient 0 at 0, as PyTorch', async () => {
  const inputs = [[0], [1]].map((v) => ({ data: Float32Array.from(v), shape: [1] }));
  const [dx] = await evaluate(gpu(), inputs, (r, a, b) => reluBackward(r, a!, b!));
  expect(dx![0]).toBe(0);
});

it('refuses a gradient of another size', async () => {
  const inputs = [[1, 2], [1]].map((v) => ({ data: Float32Array.from(v), shape: [v.length] }));
  await expect(evaluate(gpu(), inputs, (r, a, b) => reluBackward(r, a!, b!))).rejects.toThrow(
    /differ in size/,
  );
});
