import { describe, expect, it } from 'vitest';
import { useGpu } from '../support/gpu.js';
import { drive, type HostFunction, quadratic, rosenbrock } from '../support/lbfgs.js';
import { lbfgsOracle } from '../support/lbfgs-oracle.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
const TIMEOUT = 120_000;
const bounds = { low: 0, high: 1 };

/** ½ (x − c)ᵀ H (x − c) with H = R diag(curvatures) R and R a random Householder reflection, so that variables mix. */
function mixedQuadratic(
  seed: number,
  size: number,
  condition: number,
): { f: HostFunction; hessian: Hessian } {
  const centre = uniform(seed, size, -1, 2);
  const v = Float64Array.from(uniform(seed + 1000, size));
  const norm = Math.hypot(...v);
  const reflect = (x: Float64Array) => {
    const along = (2 * x.reduce((sum, e, i) => sum + e * v[i]!, 0)) / norm ** 2;
    return x.map((e, i) => e - along * v[i]!);
  };
  const hessian = (x: Float64Array) => reflect(reflect(x).map((e, i) => e * condition ** (i / (size - 1))));
  const f: HostFunction = (x) => {
    const away = Float64Array.from(centre, (c, i) => x[i]! - c);
    const gradient = hessian(away);
    return { loss: 0.5 * gradient.reduce((sum, e, i) => sum + e * away[i]!, 0), gradient };
  };
  return { f, hessian };
}
type Hessian = (x: Float64Array) => Float64Array;

const clip = (v: number) => Math.min(Math.max(v, bounds.low), bounds.high);

/** The minimum in the box, by accelerated projected gradient in float64 (Beck & Teboulle 2009). */
function boxMinimum(f: HostFunction, size: number, lipschitz: number): number {
  let x = new Float64Array(size).fill(0.5);
  let ahead = x;
  let t = 1;
  // Linear convergence at worst like 1 - 1/√condition a step: 3000 steps are plenty up to a condition of 1e4.
  for (let k = 0; k < 3000; k++) {
    const { gradient } = f(ahead, 0);
    const next = ahead.map((v, i) => clip(v - gradient[i]! / lipschitz));
    const faster = (1 + Math.sqrt(1 + 4 * t * t)) / 2;
    ahead = next.map((v, i) => v + ((t - 1) / faster) * (v - x[i]!));
    [x, t] = [next, faster];
  }
  return f(x, 0).loss;
}

describe('the robust mode, in a box', () => {
  it.each(Array.from({ length: 20 }, (_, i) => i))(
    'finds the minimum of seeded problem %i and returns its best',
    async (seed) => {
      const size = 48;
      const condition = 10 ** (1 + (seed % 4));
      const { f } = mixedQuadratic(seed, size, condition);
      const start = uniform(seed + 2000, size, 0, 1);
      const run = await drive(gpu(), f, start, { bounds, history: 20 }, 120);
      expect(run.losses.every(Number.isFinite)).toBe(true);
      for (const x of run.visited) expect(x.every((v) => v >= 0 && v <= 1)).toBe(true);
      // To the last bit of the float32 losses that the optimiser sees.
      expect(Math.fround(f(run.best, 0).loss)).toBe(Math.fround(Math.min(...run.losses)));
      // Not frozen half-way: what is left of the possible fall is what float32 gradients leave (relative errors of
      // 1e-7 in g give errors of the order 1e-14 times the condition in the loss), with room for slow convergence.
      const minimum = boxMinimum(f, size, condition);
      const left = (Math.min(...run.losses) - minimum) / (run.losses[0]! - minimum);
      expect(left).toBeLessThan(1e-6);
    },
    TIMEOUT,
  );

  it(
    'gets on where clamping behind the optimiser’s back does not',
    async () => {
      const { f } = mixedQuadratic(3, 30, 1000);
      const start = uniform(5, 30, 0, 1);
      const minimum = boxMinimum(f, 30, 1000);
      const best = async (mode: 'seed' | 'robust') =>
        Math.min(...(await drive(gpu(), f, start, { bounds, mode }, 100)).losses) - minimum;
      expect(await best('robust')).toBeLessThan(1e-3 * (await best('seed')));
    },
    TIMEOUT,
  );
});

describe('the mode seed, in a box', () => {
  it(
    'does what PyTorch does when the closure clamps x: s is the step before clamping',
    async () => {
      const { f } = mixedQuadratic(11, 30, 50);
      const start = uniform(12, 30, 0, 1);
      const expected = lbfgsOracle(f, start, { bounds }, 25);
      const run = await drive(gpu(), f, start, { bounds, mode: 'seed' }, 25);
      // Float32 against float64 over 25 evaluations, as in steps.test.ts.
      expect(run.losses).toBeAllClose(expected.losses, { relative: 1e-3 });
    },
    TIMEOUT,
  );
});

describe('the guard', () => {
  const smooth = quadratic(
    Float64Array.from({ length: 33 }, (_, i) => 1 + i),
    uniform(21, 33),
  );
  const start = uniform(22, 33, 5, 6);
  /** A function that goes wrong at some evaluations. */
  const spoilt =
    (
      at: readonly number[],
      how: (good: ReturnType<HostFunction>) => ReturnType<HostFunction>,
    ): HostFunction =>
    (x, evaluation) =>
      at.includes(evaluation) ? how(smooth(x, evaluation)) : smooth(x, evaluation);

  it.each([
    ['a loss that is NaN', (e) => ({ ...e, loss: NaN }), 'not-finite'],
    ['an infinite loss', (e) => ({ ...e, loss: -Infinity }), 'not-finite'],
    ['a loss that jumps', (e) => ({ ...e, loss: 1e6 * e.loss + 1e6 }), 'jump'],
    [
      'a gradient with a NaN in it',
      (e) => ({ ...e, gradient: Float64Array.from(e.gradient, (g, i) => (i === 32 ? NaN : g)) }),
      'not-finite',
    ],
    [
      'a gradient with an infinity in it',
      (e) => ({ ...e, gradient: Float64Array.from(e.gradient, (g, i) => (i === 0 ? Infinity : g)) }),
      'not-finite',
    ],
  ] satisfies [string, (good: ReturnType<HostFunction>) => ReturnType<HostFunction>, string][])(
    'goes back to the best on %s, and on from there to the minimum',
    async (_, how, reason) => {
      const wrong = [2, 9, 11, 20];
      const f = spoilt(wrong, how);
      const run = await drive(gpu(), f, start, {}, 90);
      for (const at of wrong) {
        const entry = run.entries[at - 1]!;
        expect(entry.reason).toBe(reason);
        expect(entry.restored).toBe(true);
        expect(entry.best).toBe(false);
        // The evaluation after it is made at the best x before it, to the bit.
        const good = run.losses.map((loss, i) => (wrong.includes(i + 1) || i >= at - 1 ? Infinity : loss));
        expect(run.visited[at]).toEqual(run.visited[good.indexOf(Math.min(...good))]);
      }
      expect(run.visited.flatMap((x) => [...x]).every(Number.isFinite)).toBe(true);
      expect(run.state.bestLoss).toBeLessThan(1e-6);
    },
    TIMEOUT,
  );

  it(
    'stays where it is while the first evaluation is not finite',
    async () => {
      const f = spoilt([1, 2, 3], (e) => ({ ...e, loss: NaN }));
      const run = await drive(gpu(), f, start, {}, 60);
      expect(run.visited[3]).toEqual(Float32Array.from(start));
      expect(run.state.bestLoss).toBeLessThan(1e-6);
    },
    TIMEOUT,
  );

  it(
    'ends the Rosenbrock valley at its minimum, where plain L-BFGS is thrown out of it',
    async () => {
      const plain = await drive(gpu(), rosenbrock, [-1.2, 1], { mode: 'seed' }, 40);
      expect(Math.max(...plain.losses)).toBeGreaterThan(1e5);
      const run = await drive(gpu(), rosenbrock, [-1.2, 1], {}, 120);
      expect(run.state.bestLoss).toBeLessThan(1e-5);
    },
    TIMEOUT,
  );

  it(
    'leaves a smooth convex run alone',
    async () => {
      const run = await drive(gpu(), smooth, start, {}, 60);
      expect(run.state.restarts).toBe(0);
      expect(run.state.bestLoss).toBeLessThan(1e-9);
    },
    TIMEOUT,
  );

  it(
    'does not mind a loss so small that PyTorch would not move at all',
    async () => {
      const tiny: HostFunction = (x, n) => {
        const { loss, gradient } = smooth(x, n);
        return { loss: loss * 1e-9, gradient: Float64Array.from(gradient, (g) => g * 1e-9) };
      };
      const seed = await drive(gpu(), tiny, start, { mode: 'seed', stopRule: 'maxima' }, 5);
      expect(seed.losses[4]).toBe(seed.losses[0]);
      const run = await drive(gpu(), tiny, start, {}, 150);
      expect(Math.min(...run.losses)).toBeLessThan(1e-6 * run.losses[0]!);
    },
    TIMEOUT,
  );
});
