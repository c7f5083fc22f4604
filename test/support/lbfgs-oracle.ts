import type { Bounds } from '../../src/lbfgs/index.js';
import type { HostFunction } from './lbfgs.js';

type Vector = Float64Array;

export interface OracleOptions {
  history?: number;
  stopRule?: '2017' | 'maxima';
  learningRate?: number;
  maxIterations?: number;
  maxEvaluations?: number;
  toleranceGradient?: number;
  toleranceChange?: number;
  /** The closure clamps x before it evaluates, behind the optimiser's back. */
  bounds?: Bounds;
}

const dot = (a: Vector, b: Vector) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const l1 = (a: Vector) => a.reduce((sum, v) => sum + Math.abs(v), 0);
const max = (a: Vector) => a.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The two-loop recursion on vectors (Nocedal & Wright, algorithm 7.4). */
function direction(g: Vector, pairs: readonly (readonly [Vector, Vector])[], scale: number): Vector {
  const q = g.map((v) => -v);
  const alphas: number[] = [];
  for (const [s, y] of pairs.toReversed()) {
    const alpha = dot(s, q) / dot(y, s);
    alphas.unshift(alpha);
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!;
  }
  const r = q.map((v) => v * scale);
  pairs.forEach(([s, y], k) => {
    const beta = dot(y, r) / dot(y, s);
    for (let i = 0; i < r.length; i++) r[i]! += (alphas[k]! - beta) * s[i]!;
  });
  return r;
}

/**
 * torch.optim.LBFGS without line search in float64, written from its description as a loop of steps: an oracle for
 * the state machine. Calls step() again and again until `evaluations` have been made.
 */
export function lbfgsOracle(
  f: HostFunction,
  start: ArrayLike<number>,
  options: OracleOptions,
  evaluations: number,
): { losses: number[]; visited: Vector[]; stops: string[] } {
  const { history = 100, stopRule = '2017', maxIterations = 20, bounds } = options;
  const { learningRate = 1, maxEvaluations = Math.floor((maxIterations * 5) / 4) } = options;
  const { toleranceGradient = 1e-5, toleranceChange = 1e-9 } = options;
  const sums = stopRule === '2017';
  const size = sums ? l1 : max;
  const x = Float64Array.from(start);
  const losses: number[] = [];
  const visited: Vector[] = [];
  const stops: string[] = [];
  const done = Symbol('done');

  const evaluate = () => {
    if (losses.length === evaluations) throw done;
    if (bounds) x.forEach((v, i) => (x[i] = Math.min(Math.max(v, bounds.low), bounds.high)));
    visited.push(x.slice());
    const { loss, gradient } = f(x, losses.length + 1);
    losses.push(loss);
    return { loss, g: Float64Array.from(gradient) };
  };

  let total = 0;
  let scale = 1;
  let before: Vector | undefined;
  let s: Vector = new Float64Array();
  let pairs: (readonly [Vector, Vector])[] = [];
  const step = (): string => {
    let { loss, g } = evaluate();
    if (size(g) <= toleranceGradient) return 'gradient-at-entry';
    for (let n = 1, made = 1; ; n++) {
      total++;
      if (before) {
        const old = before;
        const y = g.map((v, i) => v - old[i]!);
        if (dot(y, s) > 1e-10) {
          pairs = [...pairs, [s, y] as const].slice(-history);
          scale = dot(y, s) / dot(y, y);
        }
      }
      const d = direction(g, pairs, scale);
      const t = learningRate * (total === 1 ? Math.min(1, 1 / l1(g)) : 1);
      const slope = dot(g, d);
      const previous = loss;
      before = g;
      s = d.map((v) => t * v);
      if (!sums && slope > -toleranceChange) return 'slope';
      x.forEach((v, i) => (x[i] = v + s[i]!));
      if (n === maxIterations) return 'max-iter';
      ({ loss, g } = evaluate());
      made++;
      if (made >= maxEvaluations) return 'max-eval';
      if (size(g) <= toleranceGradient) return 'gradient';
      if (sums && slope > -toleranceChange) return 'slope';
      if (size(s) <= toleranceChange) return 'step';
      if (Math.abs(loss - previous) < toleranceChange) return 'loss';
    }
  };
  try {
    for (;;) stops.push(step());
  } catch (reason) {
    if (reason !== done) throw reason;
  }
  return { losses, visited, stops };
}
