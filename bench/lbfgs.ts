import type { Gpu } from '../src/gpu/gpu.js';
import type { Program } from '../src/gpu/program.js';
import { runAll } from '../src/gpu/program.js';
import { Recorder } from '../src/gpu/recorder.js';
import { F32_BYTES, type Tensor } from '../src/gpu/tensor.js';
import { add, dot, multiply, scaled } from '../src/kernels/index.js';
import { Lbfgs, type LogEntry, type Problem } from '../src/lbfgs/index.js';
import { DEFAULTS } from '../src/style/options.js';
import { type Round, stepsOf } from './measure.js';
import { uniform } from './random.js';
import { sample } from './timing.js';

export const LBFGS = 'lbfgs.update';

/** Evaluations within which the history must have filled up. */
const MOST_EVALUATIONS = 400;
/** A small problem is solved in the end, and what then happens to the history spoils a round. */
const MOST_ATTEMPTS = 5;

/** An optimiser with a full history, which is when an update takes longest, to be measured again and again. */
export interface FullHistory {
  round(): Promise<Round>;
  dispose(): void;
}

interface Run {
  optimiser: Lbfgs;
  evaluation: Program;
  history: number;
  /** Side of the image. */
  n: number;
  /** Puts the image back to where it began. */
  restart: () => void;
  signal: AbortSignal | undefined;
}

/**
 * Fills the history of an optimiser, as jobs use it, of an image of n × n on a quadratic with curvatures from 1 to
 * 10,000. Each update that is measured follows an evaluation, as it does in a run.
 *
 * @throws the signal's reason once that is aborted, and so do the rounds.
 */
export async function fillHistory(
  gpu: Gpu,
  n: number,
  history: number,
  signal?: AbortSignal,
): Promise<FullHistory> {
  const owned: Tensor[] = [];
  let evaluation: Program | undefined;
  let optimiser: Lbfgs | undefined;
  const dispose = () => {
    optimiser?.dispose();
    evaluation?.dispose();
    owned.forEach((tensor) => gpu.free(tensor));
  };
  try {
    const made = await quadratic(gpu, [1, 3, n, n], owned);
    ({ evaluation } = made);
    const { historyBits } = DEFAULTS;
    optimiser = await Lbfgs.create(gpu, made.problem, { history, historyBits, bounds: { low: 0, high: 1 } });
    const run: Run = { optimiser, evaluation, history, n, restart: made.restart, signal };
    await fill(run);
    return { round: () => measureRound(run), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function fill(run: Run): Promise<void> {
  const { optimiser, evaluation, history, signal } = run;
  const { gpu } = optimiser;
  for (let made = 0; !(await isFull(run)); made += history) {
    if (made >= MOST_EVALUATIONS) throw new Error(`no full history after ${made} evaluations`);
    for (let i = 0; i < history; i++) {
      signal?.throwIfAborted();
      runAll(gpu, [evaluation, optimiser.update]);
      // What is queued cannot be called back, and all of it may take minutes.
      await gpu.device.queue.onSubmittedWorkDone();
    }
  }
}

async function isFull({ optimiser, history }: Run): Promise<boolean> {
  return pairsHeld((await optimiser.report()).entries) >= history;
}

/** Measures until the history was full all the time, starting over from the beginning where it was not. */
async function measureRound(run: Run): Promise<Round> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const round = await measureUpdate(run);
    if (await isFull(run)) return round;
    run.restart();
    run.optimiser.reset();
    await fill(run);
  }
  throw new Error(`the history of ${run.history} pairs was never full all the time`);
}

async function measureUpdate({ optimiser, evaluation, history, n }: Run): Promise<Round> {
  const { update } = optimiser;
  const samples = await sample([update], { before: () => evaluation.run() });
  const work = {
    kernel: LBFGS,
    direction: 'forward' as const,
    shape: `3 @ ${n}², history ${history}`,
    variants: {},
    flops: update.steps.reduce((sum, { flops }) => sum + flops, 0),
    // Reads all pairs, the gradient, the gradient before and x; writes one pair, the gradient before and x.
    bytes: 3 * n * n * ((2 * history + 2) * (optimiser.options.historyBits / 8) + 5 * F32_BYTES),
    steps: stepsOf([update], samples),
  };
  return { work, samples };
}

/** Σ aᵢ(xᵢ − cᵢ)² with its gradient, 2aᵢ(xᵢ − cᵢ). */
async function quadratic(
  gpu: Gpu,
  shape: readonly number[],
  owned: Tensor[],
): Promise<{ evaluation: Program; problem: Problem; restart: () => void }> {
  const count = shape.reduce((a, b) => a * b, 1);
  const make = (label: string, data: Float32Array) => {
    const tensor = gpu.tensor(label, shape, data);
    owned.push(tensor);
    return tensor;
  };
  const beginning = uniform(1, count, 0, 1);
  const x = make('x', beginning);
  const lowest = make('minus c', uniform(2, count, -0.9, -0.1));
  const curvatures = make(
    'curvatures',
    uniform(3, count).map((u) => 10 ** (2 + 2 * u)),
  );
  const recorder = new Recorder(gpu, 'quadratic');
  const away = add(recorder, x, lowest);
  const half = multiply(recorder, curvatures, away);
  const loss = dot(recorder, half, away);
  const gradient = scaled(recorder, half, 2);
  const evaluation = await recorder.freeze([loss, gradient]);
  return { evaluation, problem: { x, loss, gradient }, restart: () => gpu.write(x, beginning) };
}

/** How many pairs have been kept since the history was last emptied. */
function pairsHeld(entries: readonly LogEntry[]): number {
  const since = entries.slice(entries.findLastIndex(({ dropped }) => dropped) + 1);
  return since.filter(({ kept }) => kept).length;
}
