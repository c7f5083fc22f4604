import { describe, expect, it } from 'vitest';
import { dot, maxAbs, sum, sumAbs } from '../../src/kernels/index.js';
import { Tensor } from '../../src/gpu/tensor.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

/**
 * Every number passes through at most 16 additions in its invocation at these sizes, 32 in its workgroup, and at
 * most as many again in the second pass: so the error is below 96 · 2^-24 of the sum of magnitudes.
 */
const BLOCKED = 96 * 2 ** -24;

const total = (values: Iterable<number>) => [...values].reduce((s, v) => s + v, 0);

// One workgroup holds 16384 elements: below, at and above that, and enough for more than one workgroup's worth of parts.
describe.each([1, 7, 4096, 4097, 16_384, 16_385, 16_390, 1_200_001, 4_800_001])(
  'reductions of %i numbers',
  (count) => {
    const a = uniform(1, count);
    const b = uniform(2, count);
    const inputs = [a, b].map((data) => ({ data, shape: [count] }));
    const magnitude = total(a.map(Math.abs));

    it('sum, sum of magnitudes and largest magnitude', async () => {
      const [s, absolute, largest] = await evaluate(gpu(), inputs.slice(0, 1), (r, x) => [
        sum(r, x!),
        sumAbs(r, x!),
        maxAbs(r, x!),
      ]);
      expect(s).toBeAllClose([total(Array.from(a))], { absolute: BLOCKED * magnitude });
      expect(absolute).toBeAllClose([total(Array.from(a, Math.abs))], { relative: BLOCKED });
      expect(largest).toBeAllClose([a.reduce((m, v) => Math.max(m, Math.abs(v)), 0)], {});
    });

    it('dot product, the same to the last bit every time', async () => {
      const products = Array.from(a, (v, i) => v * b[i]!);
      const [first, second, square] = await evaluate(gpu(), inputs, (r, x, y) => [
        dot(r, x!, y!),
        dot(r, x!, y!),
        dot(r, x!, x!),
      ]);
      expect(first).toBeAllClose([total(products)], { absolute: BLOCKED * total(products.map(Math.abs)) });
      expect(second).toEqual(first);
      expect(square).toBeAllClose([total(Array.from(a, (v) => v * v))], { relative: BLOCKED });
    });
  },
);

it('leaves out what stands behind the last number', async () => {
  const data = uniform(3, 20);
  for (const count of [1, 6, 7, 8]) {
    const part = ({ storage }: Tensor) => new Tensor(storage, [count]);
    const results = await evaluate(gpu(), [{ data, shape: [20] }], (r, x) => [
      sum(r, part(x!)),
      maxAbs(r, part(x!)),
      dot(r, part(x!), part(x!)),
    ]);
    const values = Array.from(data.slice(0, count));
    expect(results[0]).toBeAllClose([total(values)], { absolute: BLOCKED * total(values.map(Math.abs)) });
    expect(results[1]).toBeAllClose([Math.max(...values.map(Math.abs))], {});
    expect(results[2]).toBeAllClose([total(values.map((v) => v * v))], { relative: BLOCKED });
  }
});

it('refuses a dot product of vectors of different lengths', async () => {
  const inputs = [2, 3].map((count) => ({ data: new Float32Array(count), shape: [count] }));
  await expect(evaluate(gpu(), inputs, (r, a, b) => dot(r, a!, b!))).rejects.toThrow(
    /dot: .* differ in size/,
  );
});
