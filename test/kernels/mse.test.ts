import { describe, expect, it } from 'vitest';
import { dot, mse, mseBackward, mseWithGradient, scaled } from '../../src/kernels/index.js';
import { numericalGradient } from '../support/differences.js';
import { add, mse as mseOnTape } from '../../src/autodiff/operations.js';
import { Tape } from '../../src/autodiff/tape.js';
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

  it('is had together with the gradient where dy is 1, both to the last bit what they are apart', async () => {
    const [error, gradient, apart, alone] = await evaluate(gpu(), [...inputs, scalar(1)], (r, x, y, d) => {
      const both = mseWithGradient(r, x!, y!, weight);
      return [both.error, both.gradient, mse(r, x!, y!, weight), mseBackward(r, x!, y!, d!, weight)];
    });
    expect(error).toBeAllClose([oracle(a, b, weight)], { relative: 100 * 2 ** -24 });
    expect(error).toBeAllClose(apart!, {});
    expect(gradient).toBeAllClose(alone!, {});
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

it('has its gradient on the tape at hand once, where that to it is 1, and computes it where it is not', async () => {
  const [a, b] = [uniform(6, 12), uniform(7, 12)];
  const inputs = [a, b].map((data) => ({ data, shape: [12] }));
  const [first, second, twice, added] = await evaluate(gpu(), inputs, (r, x, y) => {
    const tape = new Tape(r);
    const [v, goal] = [tape.variable(x!), tape.constant(y!)];
    const error = mseOnTape(v, goal, 3);
    const found = tape.backward(error).get(v)!;
    const kept = scaled(r, found, 1);
    // Whoever had the first may have written to it.
    const again = tape.backward(error).get(v)!;

    const other = new Tape(r);
    const w = other.variable(x!);
    const one = mseOnTape(w, other.constant(y!), 3);
    const square = other.record(dot(r, one.value, one.value), [one], (dy) => [
      scaled(r, dot(r, dy, one.value), 2),
    ]);
    const sum = new Tape(r);
    const u = sum.variable(x!);
    const errors = [mseOnTape(u, sum.constant(y!), 3), mseOnTape(u, sum.constant(y!), 3)] as const;
    const total = add(errors[0], errors[1]);
    return [kept, again, other.backward(square).get(w)!, sum.backward(total).get(u)!];
  });
  const gradient = Float64Array.from(a, (v, i) => (18 * (v - b[i]!)) / 12);
  const close = { absolute: 2 ** -20 };
  expect(first).toBeAllClose(gradient, close);
  expect(second).toBeAllClose(gradient, close);
  const error = oracle(a, b, 3);
  expect(twice).toBeAllClose(
    gradient.map((v) => 2 * error * v),
    { absolute: 2 ** -18 },
  );
  expect(added).toBeAllClose(
    gradient.map((v) => 2 * v),
    close,
  );
});

it('refuses tensors of different sizes and gradients that are no scalars', async () => {
  const zeros = (...counts: number[]) => counts.map((n) => ({ data: new Float32Array(n), shape: [n] }));
  await expect(evaluate(gpu(), zeros(2, 3), (r, a, b) => mse(r, a!, b!))).rejects.toThrow(/differ in size/);
  await expect(evaluate(gpu(), zeros(2, 2, 2), (r, a, b, d) => mseBackward(r, a!, b!, d!))).rejects.toThrow(
    /is a scalar/,
  );
});
