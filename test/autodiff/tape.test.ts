import { describe, expect, it } from 'vitest';
import { add, conv2d, gram, mse, relu } from '../../src/autodiff/operations.js';
import { Tape, type Variable } from '../../src/autodiff/tape.js';
import type { Tensor } from '../../src/gpu/tensor.js';
import { evaluate, useGpu } from '../support/gpu.js';

const gpu = useGpu();
const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });

/** d f / d x at a point, by the tape. */
async function gradientAt(value: number, f: (x: Variable, tape: Tape) => Variable): Promise<number> {
  const [gradient] = await evaluate(gpu(), [scalar(value)], (recorder, x) => {
    const tape = new Tape(recorder);
    const variable = tape.variable(x!);
    return tape.backward(f(variable, tape)).get(variable)!;
  });
  return gradient![0]!;
}

describe('gradients add up over all uses of a variable', () => {
  it.each<[string, number, (x: Variable) => Variable]>([
    ['x', 1, (x) => x],
    ['x + x', 2, (x) => add(x, x)],
    ['(x + x) + x', 3, (x) => add(add(x, x), x)],
    ['(x + x) + (x + x) through one node', 4, (x) => ((y) => add(y, y))(add(x, x))],
    ['relu x + x', 2, (x) => add(relu(x), x)],
    ['x + relu x', 2, (x) => add(x, relu(x))],
    ['relu x + relu x', 2, (x) => add(relu(x), relu(x))],
    ['(relu x + relu x) + x', 3, (x) => add(add(relu(x), relu(x)), x)],
    ['a sum whose parts are used again', 5, (x) => ((y) => add(add(y, relu(y)), x))(add(x, x))],
  ])('%s', async (_name, expected, f) => {
    expect(await gradientAt(0.5, f)).toBe(expected);
  });
});

it('derives nothing through constants', async () => {
  const [value] = await evaluate(gpu(), [scalar(2), scalar(3)], (recorder, x, k) => {
    const tape = new Tape(recorder);
    const [variable, constant] = [tape.variable(x!), tape.constant(k!)];
    const gradients = tape.backward(add(relu(constant), variable));
    expect(gradients.has(constant)).toBe(false);
    return gradients.get(variable)! satisfies Tensor;
  });
  expect(value![0]).toBe(1);
});

it('gives gradients in the shapes of what they belong to', async () => {
  const filled = (value: number, shape: number[]) => ({
    data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value),
    shape,
  });
  const inputs = [filled(0.5, [6]), filled(0.5, [1, 1, 2, 3]), filled(2, [1, 1, 1, 1]), filled(0, [1])];
  const gradients = await evaluate(gpu(), inputs, (recorder, ...tensors) => {
    const tape = new Tape(recorder);
    const [a, x] = tensors.slice(0, 2).map((tensor) => tape.variable(tensor)) as [Variable, Variable];
    const [weights, bias] = tensors.slice(2).map((tensor) => tape.constant(tensor)) as [Variable, Variable];
    const zeros = tape.constant(recorder.gpu.constant('zeros', [6], new Float32Array(6)));
    // The mean of (a + 2x)², with six numbers in a row and the same in a picture.
    const found = tape.backward(mse(add(a, conv2d(x, weights, bias, { padding: 0 })), zeros));
    const both = [found.get(a)!, found.get(x)!];
    expect(both.map(({ shape }) => shape)).toEqual([[6], [1, 1, 2, 3]]);
    return both;
  });
  expect([...gradients[0]!]).toEqual(Array(6).fill(0.5));
  expect([...gradients[1]!]).toEqual(Array(6).fill(1));
});

it('starts from one number in any shape', async () => {
  const input = { data: Float32Array.of(0.5, 2), shape: [1, 1, 1, 2] };
  // A Gram matrix of one map, [1, 1]: (0.5² + 2²) / 2.
  const [gradient] = await evaluate(gpu(), [input], (recorder, x) => {
    const tape = new Tape(recorder);
    const variable = tape.variable(x!);
    return tape.backward(gram(variable)).get(variable)!;
  });
  expect([...gradient!]).toEqual([0.5, 2]);
});

it('starts only from what is on it', async () => {
  await expect(
    evaluate(gpu(), [scalar(1)], (recorder, x) => {
      const other = new Tape(recorder).variable(x!);
      return [...new Tape(recorder).backward(other).values()];
    }),
  ).rejects.toThrow('on a different tape');
});

it('starts only from scalars', async () => {
  const input = { data: new Float32Array(2), shape: [2] };
  await expect(
    evaluate(gpu(), [input], (recorder, x) => {
      const tape = new Tape(recorder);
      return [...tape.backward(tape.variable(x!)).values()];
    }),
  ).rejects.toThrow(/from a scalar/);
});
