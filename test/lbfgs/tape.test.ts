import { expect, it, vi } from 'vitest';
import { mse, multiply, scale, sum, add } from '../../src/autodiff/operations.js';
import { Tape } from '../../src/autodiff/tape.js';
import type { Gpu } from '../../src/gpu/gpu.js';
import { runAll } from '../../src/gpu/program.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { Lbfgs, LineSearchLbfgs } from '../../src/lbfgs/index.js';
import { useGpu } from '../support/gpu.js';
import type { HostFunction } from '../support/lbfgs.js';
import { lbfgsOracle } from '../support/lbfgs-oracle.js';
import { uniform } from '../support/random.js';

// Several pipelines to compile, on a software adapter that may have to share its cores.
vi.setConfig({ testTimeout: 120_000 });

const gpu = useGpu();
const SHAPE = [1, 3, 9, 13];
const SIZE = 351;
const TILT = 0.0003;
const target = uniform(1, SIZE, 0.2, 2);
const start = uniform(2, SIZE, 0.3, 1);

/** mean((x² − a)²) + 0.0003 Σx, a double well a variable. */
const doubleWells: HostFunction = (x) => {
  let loss = 0;
  const gradient = new Float64Array(SIZE);
  for (let i = 0; i < SIZE; i++) {
    const off = x[i]! * x[i]! - target[i]!;
    loss += (off * off) / SIZE + TILT * x[i]!;
    gradient[i] = (4 * off * x[i]!) / SIZE + TILT;
  }
  return { loss, gradient };
};

/** The same on a tape. */
async function evaluation(device: Gpu) {
  const recorder = new Recorder(device, 'double wells');
  const tape = new Tape(recorder);
  const x = device.tensor('x', SHAPE, start);
  const a = device.constant('a', SHAPE, target);
  const variable = tape.variable(x);
  const wells = mse(multiply(variable, variable), tape.constant(a));
  const loss = add(wells, scale(sum(variable), TILT));
  const gradient = tape.backward(loss).get(variable)!;
  const program = await recorder.freeze([loss.value, gradient]);
  const free = () => {
    program.dispose();
    for (const tensor of [x, a]) device.free(tensor);
  };
  return { program, problem: { x, gradient, loss: loss.value }, free };
}

it('minimises a tape scalar with nothing read back on the way', async () => {
  const { program, problem, free } = await evaluation(gpu());
  // At a rate of 1 the first steps leap out of the wells, and what follows is chaotic.
  const options = { history: 8, learningRate: 0.3 };
  const optimiser = await Lbfgs.create(gpu(), problem, { ...options, mode: 'seed' });
  for (let i = 0; i < 24; i++) runAll(gpu(), [program, optimiser.update]);
  const { entries } = await optimiser.report();
  const expected = lbfgsOracle(doubleWells, start, options, 24);
  // Float32 against float64 into the second step, as in steps.test.ts; after 25 evaluations x leaps anyway.
  expect(entries.map(({ loss }) => loss)).toBeAllClose(expected.losses, { relative: 1e-4 });
  expect(await gpu().read(problem.x)).not.toEqual(start);
  optimiser.dispose();
  free();
});

it('goes back to the best x at the end of a robust run, and starts afresh after a reset', async () => {
  const { program, problem, free } = await evaluation(gpu());
  const optimiser = await Lbfgs.create(gpu(), problem, { history: 8, bounds: { low: 0, high: 1.2 } });
  await optimiser.returnToBest();
  expect(await gpu().read(problem.x)).toEqual(start);
  for (let i = 0; i < 40; i++) runAll(gpu(), [program, optimiser.update]);
  await optimiser.returnToBest();
  const { state, entries } = await optimiser.report();
  program.run();
  const [loss] = await gpu().read(problem.loss);
  expect(loss).toBe(state.bestLoss);
  expect(loss).toBe(Math.min(...entries.map((entry) => entry.loss)));
  const x = await gpu().read(problem.x);
  expect(Math.max(...x)).toBe(Math.fround(1.2));
  expect(await gpu().read(optimiser.best)).toEqual(x);

  gpu().write(problem.x, start);
  optimiser.reset();
  for (let i = 0; i < 40; i++) runAll(gpu(), [program, optimiser.update]);
  const again = await optimiser.report();
  expect(again.entries).toEqual(entries);
  optimiser.dispose();
  free();
});

it('makes one step at a time, as PyTorch does', async () => {
  const { program, problem, free } = await evaluation(gpu());
  const optimiser = await Lbfgs.create(gpu(), problem, { mode: 'seed', history: 8, maxIterations: 4 });
  const expected = lbfgsOracle(doubleWells, start, { history: 8, maxIterations: 4 }, 9);
  const first = await optimiser.step(program);
  expect(first.map(({ evaluation: number }) => number)).toEqual([1, 2, 3, 4]);
  expect(first.at(-1)!.reason).toBe('max-iter');
  const second = await optimiser.step(program);
  expect(second.map(({ loss }) => loss)).toBeAllClose(expected.losses.slice(4, 8), { relative: 1e-4 });
  optimiser.dispose();
  free();
});

it('searches along a line on a tape scalar', async () => {
  const { program, problem, free } = await evaluation(gpu());
  const optimiser = await LineSearchLbfgs.create(gpu(), problem, { history: 8 });
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) losses.push((await optimiser.step(() => program.run())).loss);
  expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  // A stationary point: the gradient has all but vanished.
  const largest = (v: ArrayLike<number>) => Array.from(v).reduce((most, e) => Math.max(most, Math.abs(e)), 0);
  const left = largest(await gpu().read(problem.gradient));
  expect(left).toBeLessThan(1e-3 * largest(doubleWells(start, 0).gradient));
  optimiser.dispose();
  free();
});
