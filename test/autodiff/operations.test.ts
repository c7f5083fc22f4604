import { describe, expect, it } from 'vitest';
import {
  add,
  avgPool2d,
  clamp,
  dot,
  gram,
  maxPool2d,
  mse,
  multiply,
  normalise,
  scale,
  sum,
} from '../../src/autodiff/operations.js';
import { Tape, type Variable } from '../../src/autodiff/tape.js';
import { inner, numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/** An operation on [1, 2, 4, 6], on the tape and in float64; `other` is a second input of the same shape. */
interface Entry {
  name: string;
  onTape: (x: Variable, other: Variable) => Variable;
  oracle: (x: Float64Array, other: Float32Array) => Float64Array;
  /** Another shape of as many elements. */
  shape?: number[];
}

const SHAPE = [1, 2, 4, 6];
const SIZE = 48;
// Distinct, and far enough apart that a step of finite differences changes no maximum and crosses no bound.
const x = Float32Array.from({ length: SIZE }, (_, i) => ((i * 29) % SIZE) / 24 - 0.99);
const other = uniform(1, SIZE);

/** The 12 windows of 2 × 2 in two planes of 4 × 6. */
const windows = Array.from({ length: 12 }, (_, at) => {
  const first = Math.floor(at / 6) * 24 + Math.floor((at % 6) / 3) * 12 + (at % 3) * 2;
  return [first, first + 1, first + 6, first + 7];
});

const squares = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (v, i) => 9 * (v - b[i]!) ** 2).reduce((s, v) => s + v, 0) / SIZE;

const ENTRIES: Entry[] = [
  {
    name: 'gram',
    onTape: gram,
    oracle: (v) =>
      Float64Array.from({ length: 4 }, (_, at) => {
        const [i, j] = [at >> 1, at & 1];
        return inner(v.subarray(24 * i, 24 * i + 24), v.subarray(24 * j, 24 * j + 24)) / SIZE;
      }),
  },
  { name: 'mse of x', onTape: (v, o) => mse(v, o, 3), oracle: (v, o) => Float64Array.of(squares(v, o)) },
  { name: 'mse to x', onTape: (v, o) => mse(o, v, 3), oracle: (v, o) => Float64Array.of(squares(v, o)) },
  {
    name: 'maxPool2d',
    onTape: (v) => maxPool2d(v, { window: 2 }),
    oracle: (v) => Float64Array.from(windows, (cells) => Math.max(...cells.map((i) => v[i]!))),
  },
  {
    name: 'avgPool2d',
    onTape: (v) => avgPool2d(v, { window: 2 }),
    oracle: (v) => Float64Array.from(windows, (cells) => cells.reduce((s, i) => s + v[i]! / 4, 0)),
  },
  { name: 'scale', onTape: (v) => scale(v, -1.7), oracle: (v) => v.map((n) => -1.7 * n) },
  {
    name: 'clamp',
    onTape: (v) => clamp(v, -0.5, 0.4),
    oracle: (v) => v.map((n) => Math.min(Math.max(n, -0.5), 0.4)),
  },
  {
    name: 'normalise',
    onTape: (v) => normalise(v, { factors: [2, -3, 0.5], offsets: [1, 0, -2], reversed: true }),
    // Channel c takes the 16 elements of channel 2 − c.
    oracle: (v) =>
      v.map((_, i) => [2, -3, 0.5][i >> 4]! * v[(2 - (i >> 4)) * 16 + (i & 15)]! + [1, 0, -2][i >> 4]!),
    shape: [1, 3, 4, 4],
  },
  { name: 'x · other', onTape: multiply, oracle: (v, o) => v.map((n, i) => n * o[i]!) },
  { name: 'other · x', onTape: (v, o) => multiply(o, v), oracle: (v, o) => v.map((n, i) => n * o[i]!) },
  { name: 'x · x', onTape: (v) => multiply(v, v), oracle: (v) => v.map((n) => n * n) },
  { name: 'sum', onTape: sum, oracle: (v) => Float64Array.of(v.reduce((s, n) => s + n, 0)) },
  { name: 'dot with other', onTape: dot, oracle: (v, o) => Float64Array.of(inner(v, o)) },
  { name: 'dot of other', onTape: (v, o) => dot(o, v), oracle: (v, o) => Float64Array.of(inner(v, o)) },
];

describe.each(ENTRIES)('$name on the tape', ({ onTape, oracle, shape = SHAPE }) => {
  const weights = uniform(2, oracle(Float64Array.from(x), other).length);
  const objective = (v: Float64Array) => inner(oracle(v, other), weights);
  const inputs = [
    { data: x, shape },
    { data: other, shape },
    { data: weights, shape: [weights.length] },
  ];

  /** The objective and its gradient, with the operation recorded `times` times on the same variable. */
  const differentiate = (times: number) =>
    evaluate(gpu(), inputs, (recorder, v, o, w) => {
      const tape = new Tape(recorder);
      const variable = tape.variable(v!);
      const term = () => dot(onTape(variable, tape.constant(o!)), tape.constant(w!));
      let loss = term();
      for (let n = 1; n < times; n++) loss = add(loss, term());
      const gradient = tape.backward(loss).get(variable)!;
      expect(gradient.shape).toEqual(shape);
      return [loss.value, gradient];
    });

  // Sums of at most 48 terms, values below 16: float32 errs by some 48 · 2^-24 · 16 at worst.
  const tolerance = { absolute: 5e-5 };

  it('has the value and the gradient of finite differences', async () => {
    const [value, gradient] = await differentiate(1);
    expect(value).toBeAllClose([objective(Float64Array.from(x))], tolerance);
    expect(gradient).toBeAllClose(numericalGradient(objective, x), tolerance);
  });

  it('adds its gradient to one that is there already', async () => {
    const [, gradient] = await differentiate(3);
    const expected = numericalGradient(objective, x).map((v) => 3 * v);
    expect(gradient).toBeAllClose(expected, { absolute: 3 * tolerance.absolute });
  });
});
