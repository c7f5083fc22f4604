import { describe, expect, it } from 'vitest';
import { useGpu } from '../support/gpu.js';
import { drive, quadratic, rosenbrock } from '../support/lbfgs.js';
import { lbfgsOracle } from '../support/lbfgs-oracle.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
const TIMEOUT = 120_000;

const curvatures = (size: number, condition: number) =>
  Float64Array.from({ length: size }, (_, i) => condition ** (i / (size - 1) - 0.5));

/** Which reasons ended the steps, in order. */
const stops = (entries: readonly { reason: string }[]) =>
  entries.map(({ reason }) => reason).filter((reason) => reason !== 'none');

describe.each(['2017', 'maxima'] as const)(
  'the state machine, with the rule %s, against the loop of steps',
  (stopRule) => {
    it(
      'follows it through three steps on the Rosenbrock function',
      async () => {
        const expected = lbfgsOracle(rosenbrock, [-1.2, 1], { stopRule }, 45);
        const run = await drive(gpu(), rosenbrock, [-1.2, 1], { stopRule, mode: 'seed' }, 45);
        // Float32 x, gradients and products, 6e-8 each, through an iteration that amplifies errors: PyTorch in float32
        // is 3e-5 off PyTorch in float64 after 20 evaluations (and 7e-2 after 45).
        expect(run.losses.slice(0, 20)).toBeAllClose(expected.losses.slice(0, 20), { relative: 1e-4 });
        expect(stops(run.entries)).toEqual(expected.stops);
        expect(run.state.steps).toBe(3);
      },
      TIMEOUT,
    );

    it(
      'follows it round a history of three, over and over',
      async () => {
        const f = quadratic(curvatures(40, 100), uniform(7, 40));
        const start = uniform(8, 40);
        const options = { stopRule, history: 3, toleranceGradient: 0 };
        const expected = lbfgsOracle(f, start, options, 30);
        const run = await drive(gpu(), f, start, { ...options, mode: 'seed' }, 30);
        // As above; a convex quadratic amplifies less.
        expect(run.losses).toBeAllClose(expected.losses, { relative: 1e-3, absolute: 1e-9 });
        expect(run.entries.filter(({ kept }) => kept).length).toBe(29);
      },
      TIMEOUT,
    );

    it.each([
      ['a step may make few evaluations', { maxEvaluations: 5 }],
      ['a step may make few iterations', { maxIterations: 3 }],
      ['a small gradient ends a step, and all after it', { toleranceGradient: 3 }],
      ['a small change ends a step', { toleranceChange: 0.03 }],
      ['a small change ends every step but not the run', { toleranceChange: 3 }],
    ])(
      'stops where it does when %s',
      async (_, limits) => {
        const f = quadratic(curvatures(40, 100), uniform(9, 40));
        const start = uniform(10, 40, 2, 3);
        const options = { stopRule, history: 5, ...limits };
        const expected = lbfgsOracle(f, start, options, 40);
        const run = await drive(gpu(), f, start, { ...options, mode: 'seed' }, 40);
        expect(stops(run.entries)).toEqual(expected.stops);
        expect(expected.stops.length).toBeGreaterThan(1);
        // As above.
        expect(run.losses).toBeAllClose(expected.losses, { relative: 1e-3, absolute: 1e-6 });
      },
      TIMEOUT,
    );

    it(
      'is frozen where the gradient is small at the entry of a step, as PyTorch is',
      async () => {
        const f = quadratic([1e-7, 1e-7], [0, 0]);
        const run = await drive(gpu(), f, [1, 2], { stopRule, mode: 'seed' }, 4);
        for (const x of run.visited) expect(x).toEqual(Float32Array.of(1, 2));
        expect(stops(run.entries)).toEqual(new Array(4).fill('gradient-at-entry'));
        expect(run.state.iterations).toBe(0);
      },
      TIMEOUT,
    );
  },
);
