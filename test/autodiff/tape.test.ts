import { describe, expect, it } from 'vitest';
import { add, relu } from '../../src/autodiff/operations.js';
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

it('starts only from scalars', async () => {
  const input = { data: new Float32Array(2), shape: [2] };
  await expect(
    evaluate(gpu(), [input], (recorder, x) => {
      const tape = new Tape(recorder);
      return [...tape.backward(tape.variable(x!)).values()];
    }),
  ).rejects.toThrow(/from a scalar/);
});
