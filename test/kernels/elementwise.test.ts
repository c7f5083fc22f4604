import { describe, expect, it } from 'vitest';
import {
  clamp,
  clamped,
  clampedBackward,
  copy,
  expand,
  fill,
  multiply,
  scale,
  scaled,
  scaledBy,
} from '../../src/kernels/index.js';
import { numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

// One or two float32 roundings of numbers below 4.
const ROUNDING = { absolute: 2.5e-7 };

describe.each([[[1]], [[1, 1, 1, 7]], [[1, 3, 19, 23]], [[1, 3, 20, 23]], [[300_007]], [[300_008]]])(
  'element by element on %j',
  (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const [a, b, before] = [uniform(1, size), uniform(2, size), uniform(3, size)];
    const factor = { data: Float32Array.of(0.75), shape: [] };
    const inputs = [...[a, b, before].map((data) => ({ data, shape })), factor];

    it('fill and copy, exactly', async () => {
      const [filled, copied] = await evaluate(gpu(), inputs, (r, x, y, z) => {
        fill(r, y!, -1.5);
        copy(r, x!, z!);
        return [y!, z!];
      });
      expect(filled).toBeAllClose(new Float64Array(size).fill(-1.5), {});
      expect(copied).toBeAllClose(a, {});
    });

    it('scale, in place, into new memory, and by a factor on the GPU', async () => {
      const [fresh, byTensor, added, inPlace] = await evaluate(gpu(), inputs, (r, x, y, z, f) => {
        const results = [scaled(r, x!, 0.3), scaledBy(r, f!, x!), scaledBy(r, f!, x!, z)];
        scale(r, y!, -2);
        return [...results, y!];
      });
      expect(fresh).toBeAllClose(
        Float64Array.from(a, (v) => v * 0.3),
        ROUNDING,
      );
      expect(byTensor).toBeAllClose(
        Float64Array.from(a, (v) => v * 0.75),
        ROUNDING,
      );
      expect(added).toBeAllClose(
        Float64Array.from(a, (v, i) => v * 0.75 + before[i]!),
        ROUNDING,
      );
      expect(inPlace).toBeAllClose(
        Float64Array.from(b, (v) => v * -2),
        {},
      );
    });

    it('clamp, in place and into new memory, exactly, and its gradient', async () => {
      const limit = (v: number) => Math.min(Math.max(v, -0.5), 0.25);
      const inside = (v: number) => v >= -0.5 && v <= 0.25;
      const [fresh, gradient, added, inPlace] = await evaluate(gpu(), inputs, (r, x, y, z) => {
        const results = [
          clamped(r, x!, -0.5, 0.25),
          clampedBackward(r, x!, y!, -0.5, 0.25),
          clampedBackward(r, x!, y!, -0.5, 0.25, z),
        ];
        clamp(r, x!, -0.5, 0.25);
        return [...results, x!];
      });
      const expected = a.map((v, i) => (inside(v) ? b[i]! : 0));
      expect(fresh).toBeAllClose(a.map(limit), {});
      expect(inPlace).toBeAllClose(a.map(limit), {});
      expect(gradient).toBeAllClose(expected, {});
      expect(added).toBeAllClose(
        Float64Array.from(expected, (v, i) => v + before[i]!),
        ROUNDING,
      );
    });

    it('multiply and expand, also added to what was there', async () => {
      const [product, sum, repeated] = await evaluate(gpu(), inputs, (r, x, y, z, f) => [
        multiply(r, x!, y!),
        multiply(r, x!, y!, z),
        expand(r, f!, x!),
      ]);
      expect(product).toBeAllClose(
        Float64Array.from(a, (v, i) => v * b[i]!),
        ROUNDING,
      );
      expect(sum).toBeAllClose(
        Float64Array.from(a, (v, i) => v * b[i]! + before[i]!),
        ROUNDING,
      );
      expect(repeated).toBeAllClose(new Float64Array(size).fill(0.75), {});
    });
  },
);

it("clamp's gradient agrees with finite differences away from the bounds, and passes dy on them", async () => {
  const x = Float32Array.of(-0.9, -0.5, -0.2, 0.1, 0.25, 0.6);
  const inputs = [x, new Float32Array(6).fill(1)].map((data) => ({ data, shape: [6] }));
  const [dx] = await evaluate(gpu(), inputs, (r, a, b) => clampedBackward(r, a!, b!, -0.5, 0.25));
  const total = (p: Float64Array) => p.reduce((s, v) => s + Math.min(Math.max(v, -0.5), 0.25), 0);
  const expected = numericalGradient(total, x);
  expected[1] = expected[4] = 1; // where the two one-sided derivatives differ, PyTorch takes the inner one
  expect(dx).toBeAllClose(expected, { absolute: 1e-6 });
});

describe('element-wise kernels refuse', () => {
  const zeros = (...counts: number[]) => counts.map((n) => ({ data: new Float32Array(n), shape: [n] }));
  it('tensors of different sizes', async () => {
    await expect(evaluate(gpu(), zeros(2, 3), (r, a, b) => multiply(r, a!, b!))).rejects.toThrow(
      /multiply: .* differ in size/,
    );
    await expect(
      evaluate(gpu(), zeros(2, 3), (r, a, b) => {
        copy(r, a!, b!);
        return b!;
      }),
    ).rejects.toThrow(/copy: .* differ in size/);
  });
  it('factors that are no scalar', async () => {
    await expect(evaluate(gpu(), zeros(2, 2), (r, a, b) => scaledBy(r, a!, b!))).rejects.toThrow(
      /be a scalar/,
    );
    await expect(evaluate(gpu(), zeros(2, 2), (r, a, b) => expand(r, a!, b!))).rejects.toThrow(
      /takes a scalar/,
    );
  });
  it('bounds the wrong way round, and numbers that are not finite', async () => {
    await expect(evaluate(gpu(), zeros(2), (r, a) => clamped(r, a!, 1, 0))).rejects.toThrow(
      /lower bound 1 is above the upper bound 0/,
    );
    await expect(evaluate(gpu(), zeros(2), (r, a) => scaled(r, a!, NaN))).rejects.toThrow(
      /FACTOR must be a finite number/,
    );
  });
});
