import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gramMse } from '../../src/autodiff/operations.js';
import { Tape } from '../../src/autodiff/tape.js';
import type { Recorder } from '../../src/gpu/recorder.js';
import type { Tensor } from '../../src/gpu/tensor.js';
import { gramBackwardVariants } from '../../src/kernels/gram-plan.js';
import { gram, gramMseBackward, scaled } from '../../src/kernels/index.js';
import { numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { gramErrorGradientOracle, gramErrorOracle } from '../support/gram-oracle.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
const WEIGHT = 30;

/** What every variant takes. */
const MAPS = { shape: [64, 64], dtype: 'f32' } as const;

/** As in support/gram-oracle.ts, with this weight. */
const error = (f: ArrayLike<number>, target: ArrayLike<number>, m: number, k: number) =>
  gramErrorOracle(f, target, WEIGHT, m, k);
const oracle = (f: ArrayLike<number>, target: ArrayLike<number>, dy: number, m: number, k: number) =>
  gramErrorGradientOracle(f, target, WEIGHT, dy, m, k);

afterEach(() => gpu().variants.force('gram.dInput', undefined));

const back = (r: Recorder, x: Tensor, target: Tensor, dy: Tensor, into?: Tensor) =>
  gramMseBackward(r, x, { g: gram(r, x), target, weight: WEIGHT, dy }, into);

describe.each(['texels', 'broadcast', 'lanes', 'tiled'] as const)(
  'the gradient of mse(gram), variant %s',
  (variant) => {
    beforeEach((context) => {
      context.skip(
        !gramBackwardVariants(gpu().facts, MAPS).includes(variant),
        `no ${variant} on this device`,
      );
    });

    // One map; a batch; rows that are no whole vectors, of more maps than a workgroup makes; what fits everything.
    it.each([
      [1, 1, 1, 7],
      [2, 3, 5, 5],
      [1, 65, 3, 11],
      [1, 64, 8, 8],
    ])('on %i × %i × %i × %i is that of float64, and is added to what was there', async (...shape) => {
      gpu().variants.force('gram.dInput', variant);
      const [m, k] = [shape[0] * shape[1], shape[2] * shape[3]];
      // No symmetric target: the kernel is to be right for any.
      const [x, target, before] = [uniform(1, m * k), uniform(2, m * m), uniform(3, m * k)];
      const inputs = [
        { data: x, shape },
        { data: target, shape: [m, m] },
        { data: Float32Array.of(-0.75), shape: [] },
        { data: before, shape },
      ];
      const expected = oracle(x, target, -0.75, m, k);
      const [dx, sum] = await evaluate(gpu(), inputs, (r, a, b, c, d) => [
        back(r, a!, b!, c!),
        back(r, a!, b!, c!, scaled(r, d!, 1)),
      ]);
      // As for the gradient of a Gram matrix (gram.test.ts): rounding errors up as often as down.
      expect(dx).toBeNear(expected, 2e-6);
      expect(sum).toBeNear(
        expected.map((v, i) => v + before[i]!),
        2e-6,
      );
    });
  },
);

it('agrees with finite differences of the error', async () => {
  const [m, k] = [3, 10];
  const [x, target] = [uniform(5, m * k), uniform(6, m * m)];
  const inputs = [
    { data: x, shape: [1, m, 2, 5] },
    { data: target, shape: [m, m] },
    { data: Float32Array.of(1), shape: [] },
  ];
  const [dx] = await evaluate(gpu(), inputs, (r, a, b, c) => back(r, a!, b!, c!));
  const expected = numericalGradient((p) => error(p, target, m, k), x);
  // The third derivative to one number x is w²/m² · 24x/(m·k)², below 3: at a step of 1e-4 the differences are within 5e-9.
  // What remains is float32's.
  expect(dx).toBeNear(expected, 2e-6);
});

it('is on the tape, to the maps and to the target', async () => {
  const [m, k] = [2, 12];
  const [x, target] = [uniform(7, m * k), uniform(8, m * m)];
  const inputs = [
    { data: x, shape: [1, m, 3, 4] },
    { data: target, shape: [m, m] },
  ];
  const [loss, dx, dTarget] = await evaluate(gpu(), inputs, (r, a, b) => {
    const tape = new Tape(r);
    const [maps, goal] = [tape.variable(a!), tape.variable(b!)];
    const made = gramMse(maps, goal, WEIGHT);
    const gradients = tape.backward(made);
    return [made.value, gradients.get(maps)!, gradients.get(goal)!];
  });
  expect(loss).toBeNear(Float64Array.of(error(x, target, m, k)), 1e-6);
  expect(dx).toBeNear(oracle(x, target, 1, m, k), 2e-6);
  // Of second order in the target: the differences are exact but for rounding.
  expect(dTarget).toBeNear(
    numericalGradient((p) => error(x, p, m, k), target),
    2e-6,
  );
});

it('refuses matrices of other sizes, and a gradient that is no scalar', async () => {
  const zeros = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  const call = (target: number[], g: number[], dy: number[]) =>
    evaluate(gpu(), [zeros(1, 3, 2, 2), zeros(...target), zeros(...g), zeros(...dy)], (r, a, b, c, d) =>
      gramMseBackward(r, a!, { g: c!, target: b!, weight: 1, dy: d! }),
    );
  await expect(call([4, 4], [3, 3], [])).rejects.toThrow(/gramMse\.dInput/);
  await expect(call([4, 4], [4, 4], [])).rejects.toThrow(/must be \[3, 3\]/);
  await expect(call([3, 3], [3, 3], [2])).rejects.toThrow(/is a scalar/);
});
