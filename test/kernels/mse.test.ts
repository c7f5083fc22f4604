import { describe, expect, it } from 'vitest';
import { mse, mseBackward } from '../../src/kernels/index.js';
import { numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/** mean((w·a − w·b)²), in float64. */
function oracle(a: ArrayLike<number>, b: ArrayLike<number>, w: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (w * a[i]! - w * b[i]!) ** 2;
  return sum / a.length;
}

const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });

describe.each([
  { shape: [1, 1, 1, 1], weight: 1000 },
  { shape: [1, 3, 1, 7], weight: 1 },
  { shape: [3, 3], weight: 0.25 },
  { shape: [1, 3, 57, 101], weight: 1000 },
  { shape: [1, 3, 57, 100], weight: 1000 },
])('mse of $shape, weight $weight', ({ shape, weight }) => {
  const size = shape.reduce((x, y) => x * y, 1);
  const [a, b, before] = [uniform(1, size), uniform(2, size), uniform(3, size)];
  const inputs = [a, b].map((data) => ({ data, shape }));

  it('is the mean of the squares of weighted differences', async () => {
    const [loss] = await evaluate(gpu(), inputs, (r, x, y) => mse(r, x!, y!, weight));
    // All terms are positive; each is rounded 4 times and passes through fewer than 96 additions.
    expect(loss).toBeAllClose([oracle(a, b, weight)], { relative: 100 * 2 ** -24 });
  });

  it('has gradient 2w²(a − b)/n · dy, with the sign turned for b, added to what was there', async () => {
    const dy = 0.75;
    const expected = Float64Array.from(a, (v, i) => ((2 * weight ** 2 * (v - b[i]!)) / size) * dy);
    const all = [...inputs, scalar(dy), { data: before, shape }];
    const [da, db, sum] = await evaluate(gpu(), all, (r, x, y, d, held) => [
      mseBackward(r, x!, y!, d!, weight),
      mseBackward(r, y!, x!, d!, weight),
      mseBackward(r, x!, y!, d!, weight, held),
    ]);
    const four = { relative: 4 * 2 ** -24 }; // roundings
    expect(da).toBeAllClose(expected, four);
    expect(db).toBeAllClose(
      expected.map((v) => -v),
      four,
    );
    const held = expected.map((v, i) => v + before[i]!);
    const largest = Math.max(...expected.map(Math.abs), 1);
    expect(sum).toBeAllClose(held, { absolute: 6 * 2 ** -24 * largest });
  });
});

it("mse's gradient agrees with finite differences", async () => {
  const [a, b] = [uniform(4, 12), uniform(5, 12)];
  const inputs = [...[a, b].map((data) => ({ data, shape: [12] })), scalar(1)];
  const [da] = await evaluate(gpu(), inputs, (r, x, y, d) => mseBackward(r, x!, y!, d!, 3));
  const expected = numericalGradient((p) => oracle(p, b, 3), a);
  // Differences of a quadratic are exact but for rounding; float32 rounds numbers below 4.
  expect(da).toBeAllClose(expected, { absolute: 1e-6 });
});

it('refuses tensors of different sizes and gradients that are no scalars', async () => {
  const zeros = (...counts: number[]) => counts.map((n) => ({ data: new Float32Array(n), shape: [n] }));
  await expect(evaluate(gpu(), zeros(2, 3), (r, a, b) => mse(r, a!, b!))).rejects.toThrow(/differ in size/);
  await expect(evaluate(gpu(), zeros(2, 2, 2), (r, a, b, d) => mseBackward(r, a!, b!, d!))).rejects.toThrow(
    /is a scalar/,
  );
});
