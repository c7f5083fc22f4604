import { expect } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu.js';
import { Lbfgs, type LbfgsOptions, type LogEntry, type Reason, type Report } from '../../src/lbfgs/index.js';
import type { LbfgsCase } from './fixtures.js';
import { quadraticProblem, QUADRATIC_SIDE } from './seeded.js';

export interface Evaluated {
  loss: number;
  gradient: ArrayLike<number>;
}

/** A function on the host, computed in float64 from whatever x the optimiser holds. */
export type HostFunction = (x: Float32Array | Float64Array, evaluation: number) => Evaluated;

export interface Driven extends Report {
  /** The losses as the host computed them, before rounding to float32. */
  losses: number[];
  /** Every x evaluated. */
  visited: Float32Array[];
  x: Float32Array;
  best: Float32Array;
}

/** Runs the optimiser on a host function: it sees tensors only, so where they were computed makes no difference. */
export async function drive(
  gpu: Gpu,
  f: HostFunction,
  start: ArrayLike<number>,
  options: LbfgsOptions,
  evaluations: number,
): Promise<Driven> {
  const size = start.length;
  const x = gpu.tensor('x', [size], Float32Array.from(start));
  const gradient = gpu.tensor('gradient', [size]);
  const loss = gpu.tensor('loss', []);
  const optimiser = await Lbfgs.create(gpu, { x, gradient, loss }, options);
  const losses: number[] = [];
  const visited: Float32Array[] = [];
  try {
    for (let i = 0; i < evaluations; i++) {
      const at = await gpu.read(x);
      visited.push(at);
      const { loss: value, gradient: slope } = f(at, i + 1);
      losses.push(value);
      gpu.write(gradient, Float32Array.from(slope));
      gpu.write(loss, Float32Array.of(value));
      optimiser.update.run();
    }
    const report = await optimiser.report();
    return { ...report, losses, visited, x: await gpu.read(x), best: await gpu.read(optimiser.best) };
  } finally {
    optimiser.dispose();
    for (const tensor of [x, gradient, loss]) gpu.free(tensor);
  }
}

/** Σ 100 (x₂ᵢ₊₁ − x₂ᵢ²)² + (1 − x₂ᵢ)² over pairs of variables (Rosenbrock 1960). */
export const rosenbrock: HostFunction = (x) => {
  let loss = 0;
  const gradient = new Float64Array(x.length);
  for (let i = 0; i + 1 < x.length; i += 2) {
    const [a, b] = [x[i]!, x[i + 1]!];
    const c = b - a * a;
    loss += 100 * c * c + (1 - a) ** 2;
    gradient[i] = -400 * a * c - 2 * (1 - a);
    gradient[i + 1] = 200 * c;
  }
  return { loss, gradient };
};

/** ½ Σ cᵢ (xᵢ − aᵢ)². */
export function quadratic(curvatures: ArrayLike<number>, centre: ArrayLike<number>): HostFunction {
  return (x) => {
    let loss = 0;
    const gradient = Float64Array.from(x as ArrayLike<number>, (v, i) => {
      const away = v - centre[i]!;
      loss += 0.5 * curvatures[i]! * away * away;
      return curvatures[i]! * away;
    });
    return { loss, gradient };
  };
}

/** The problems of lbfgs.json. */
export function fixtureFunction(problem: LbfgsCase['problem']): HostFunction {
  return problem === 'quadratic-50' ? leastSquares() : rosenbrockChain;
}

/** Σ over i of 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
const rosenbrockChain: HostFunction = (x) => {
  let loss = 0;
  const gradient = new Float64Array(x.length);
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [x[i]!, x[i + 1]!];
    const c = b - a * a;
    loss += 100 * c * c + (1 - a) ** 2;
    gradient[i]! += -400 * a * c - 2 * (1 - a);
    gradient[i + 1]! += 200 * c;
  }
  return { loss, gradient };
};

/** mean((A·x − b)²) with the seeded A and b. */
function leastSquares(): HostFunction {
  const { a, b } = quadraticProblem();
  const n = QUADRATIC_SIDE;
  return (x) => {
    let loss = 0;
    const gradient = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let residual = -b[i]!;
      for (let j = 0; j < n; j++) residual += a[i * n + j]! * x[j]!;
      loss += residual ** 2 / n;
      for (let j = 0; j < n; j++) gradient[j]! += (2 / n) * residual * a[i * n + j]!;
    }
    return { loss, gradient };
  };
}

/** The steps that a log in the mode 'seed' tells of: how many evaluations each made, and why it ended. */
export function stepsOf(entries: readonly LogEntry[]): { evaluations: number; stop: Reason }[] {
  const steps: { evaluations: number; stop: Reason }[] = [];
  for (const { opensStep, reason } of entries) {
    if (opensStep) steps.push({ evaluations: 0, stop: 'none' });
    const step = steps.at(-1)!;
    step.evaluations++;
    step.stop = reason;
  }
  return steps;
}

/**
 * How far a loss may lie from PyTorch's float64, evaluation by evaluation: ten times as far as PyTorch's own float32 has
 * been off so far, and never less than 1e-5. PyTorch's float32 is one other order of the same operations, so a single
 * draw of what rounding does; the path multiplies the difference between two draws as it goes on, so that after the
 * first 20 evaluations thirty times is allowed.
 */
export function allowances({ f32, f64 }: LbfgsCase): number[] {
  let most = 1e-6;
  return f64.losses.map((loss, i) => {
    const other = f32.losses[i];
    if (other === undefined) return Infinity;
    most = Math.max(most, Math.abs(other - loss) / Math.abs(loss));
    return (i < 20 ? 10 : 30) * most;
  });
}

/**
 * Where losses can no longer be compared one by one, the end still can: no worse than ten times where PyTorch, in the
 * slower of its two precisions, was five evaluations before. Near a minimum every evaluation takes off some factor, and
 * rounding decides which one does. Below a hundred times the tolerance for changes the descent goes by plateaus on which
 * the stop rules fire at every other evaluation, and it is luck how soon a run leaves one.
 *
 * @param loss the lowest of the run.
 */
export function expectToKeepUp(loss: number, { f32, f64, toleranceChange }: LbfgsCase): void {
  const lowest = (values: readonly number[]) => Math.min(...values);
  const reached = Math.max(lowest(f32.losses.slice(0, -5)), lowest(f64.losses.slice(0, -5)));
  expect(loss).toBeLessThanOrEqual(Math.max(10 * reached, 100 * toleranceChange));
}
