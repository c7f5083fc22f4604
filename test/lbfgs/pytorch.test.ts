import { describe, expect, it } from 'vitest';
import { loadFixture } from '../support/fixtures.js';
import type { LbfgsOptions } from '../../src/lbfgs/index.js';
import { useGpu } from '../support/gpu.js';
import { allowances, drive, expectToKeepUp, fixtureFunction, stepsOf } from '../support/lbfgs.js';

const gpu = useGpu();

const cases = (await loadFixture('lbfgs')).cases.filter(({ lineSearch }) => lineSearch === null);

describe.each(cases.map((c) => [`${c.problem}, rule ${c.rule}, history ${c.history}`, c] as const))(
  'against PyTorch: %s',
  (_, c) => {
    it('follows it loss for loss and stop for stop, as far as float32 and float64 agree', async () => {
      const evaluations = c.f64.losses.length;
      const options: LbfgsOptions = {
        mode: 'seed',
        learningRate: c.lr,
        history: c.history,
        stopRule: c.rule === 'sum' ? '2017' : 'maxima',
        maxIterations: c.maxIter,
        maxEvaluations: c.maxEval,
        toleranceGradient: c.toleranceGrad,
        toleranceChange: c.toleranceChange,
      };
      const from = (start: readonly number[]) =>
        drive(gpu(), fixtureFunction(c.problem), start, options, evaluations);
      const run = await from(c.start);
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

      // How far a run gets in the end is a matter of roundings: with 100 pairs in 50 dimensions, one or two in sixteen
      // runs from starts a hair apart get stuck at ten times the loss of the others. So it is the middle of five that counts.
      const lows = [Math.min(...run.losses)];
      for (let k = 1; k < 5; k++) {
        const { losses } = await from(c.start.map((v, i) => v + 1e-5 * Math.sin(c.start.length * k + i)));
        lows.push(Math.min(...losses));
      }
      expectToKeepUp(lows.sort((a, b) => a - b)[2]!, c);
    }, 120_000);
  },
);
