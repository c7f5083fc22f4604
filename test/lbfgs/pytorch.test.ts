import { describe, expect, it } from 'vitest';
import { loadFixture } from '../support/fixtures.js';
import { useGpu } from '../support/gpu.js';
import { allowances, drive, expectToKeepUp, fixtureFunction, stepsOf } from '../support/lbfgs.js';

const gpu = useGpu();

const cases = (await loadFixture('lbfgs')).cases.filter(({ lineSearch }) => lineSearch === null);

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
      const apart = allowed.findIndex((a) => a > 0.3);
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
      expectToKeepUp(run.losses, c);
    }, 120_000);
  },
);
