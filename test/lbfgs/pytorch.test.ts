import { describe, expect, it } from 'vitest';
import { loadFixture, type LbfgsCase } from '../support/fixtures.js';
import { useGpu } from '../support/gpu.js';
import { drive, fixtureFunction, stepsOf } from '../support/lbfgs.js';

const gpu = useGpu();

/**
 * How far a loss may lie from PyTorch's float64, evaluation by evaluation: ten times as far as PyTorch's own float32
 * has been off so far (another order of the same float32 operations, on a path that amplifies errors), and never
 * less than 1e-5.
 */
function allowances({ f32, f64 }: LbfgsCase): number[] {
  let most = 1e-6;
  return f64.losses.map((loss, i) => {
    const other = f32.losses[i];
    if (other === undefined) return Infinity;
    most = Math.max(most, Math.abs(other - loss) / Math.abs(loss));
    return 10 * most;
  });
}

const cases = loadFixture('lbfgs').cases.filter(({ lineSearch }) => lineSearch === null);

describe.each(cases.map((c) => [`${c.problem}, rule ${c.rule}, history ${c.history}`, c] as const))(
  'against PyTorch: %s',
  (_, c) => {
    it('follows it loss for loss and stop for stop, as far as float32 and float64 agree', async () => {
      const evaluations = c.f64.losses.length;
      const run = await drive(
        gpu(),
        fixtureFunction(c.problem),
        c.start,
        {
          mode: 'seed',
          learningRate: c.lr,
          history: c.history,
          stopRule: c.rule === 'sum' ? '2017' : 'maxima',
          maxIterations: c.maxIter,
          maxEvaluations: c.maxEval,
          toleranceGradient: c.toleranceGrad,
          toleranceChange: c.toleranceChange,
        },
        evaluations,
      );
      const allowed = allowances(c);
      // Where float32 is more than 1 % off in PyTorch, what follows is another trajectory.
      const apart = allowed.findIndex((a) => a > 0.1);
      const compared = apart < 0 ? evaluations : apart;
      expect(compared).toBeGreaterThan(9);
      for (let i = 0; i < compared; i++) {
        const expected = c.f64.losses[i]!;
        const error = Math.abs(run.losses[i]! - expected) / Math.abs(expected);
        expect(error, `evaluation ${i + 1}: ${run.losses[i]} instead of ${expected}`).toBeLessThan(
          allowed[i]!,
        );
      }

      const steps = stepsOf(run.entries);
      let end = 0;
      c.f64.steps.forEach((step, i) => {
        end += step.evaluations;
        if (end <= compared) expect(steps[i]).toEqual({ evaluations: step.evaluations, stop: step.stop });
      });
      // The end: no worse than ten times PyTorch's, or down where float32 cannot tell.
      const best = Math.min(...c.f64.losses.concat(c.f32.losses));
      const floor = 1e-9 * c.f64.losses[0]!;
      const start = c.f64.losses[0]!;
      expect(Math.min(...run.losses)).toBeLessThan(
        10 * Math.max(...[c.f64, c.f32].map((r) => Math.min(...r.losses))) + floor,
      );
      expect(best).toBeLessThan(start);
    }, 120_000);
  },
);
