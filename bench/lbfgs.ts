import type { Gpu } from '../src/gpu/gpu.js';
import type { Program } from '../src/gpu/program.js';
import { runAll } from '../src/gpu/program.js';
import { Recorder } from '../src/gpu/recorder.js';
import { F32_BYTES, type Tensor } from '../src/gpu/tensor.js';
import { add, dot, multiply, scaled } from '../src/kernels/index.js';
import { Lbfgs, type LogEntry, type Problem } from '../src/lbfgs/index.js';
import { uniform } from './random.js';
import { measureProgram, type Measurement } from './measure.js';
import type { Roofline } from './roofline.js';

/** Evaluations within which the history must have filled up. */
const MOST_EVALUATIONS = 400;

/**
 * Measures an update of L-BFGS for an image of n × n once its history is full, which is when it takes longest: on a
 * quadratic with curvatures from 1 to 10,000, each update following an evaluation as it does in a run.
 */
export async function measureLbfgs(
  gpu: Gpu,
  roofline: Roofline,
  n: number,
  history: number,
): Promise<Measurement> {
  const owned: Tensor[] = [];
  let evaluation: Program | undefined;
  let optimiser: Lbfgs | undefined;
  try {
    let problem: Problem;
    ({ evaluation, problem } = await quadratic(gpu, [1, 3, n, n], owned));
    optimiser = await Lbfgs.create(gpu, problem, { history, bounds: { low: 0, high: 1 } });
    const { update } = optimiser;
    while (pairsHeld((await optimiser.report()).entries) < history) {
      const { evaluations } = (await optimiser.report()).state;
      if (evaluations >= MOST_EVALUATIONS)
        throw new Error(`no full history after ${evaluations} evaluations`);
      for (let i = 0; i < history; i++) runAll(gpu, [evaluation, update]);
    }
    const { run } = evaluation;
    const measured = await measureProgram(
      update,
      roofline,
      {
        kernel: 'lbfgs.update',
        direction: 'forward',
        shape: `3 @ ${n}², history ${history}`,
        // Reads all pairs, the gradient, the gradient before and x; writes one pair, the gradient before and x.
        bytes: F32_BYTES * problem.x.size * (2 * history + 7),
      },
      run.bind(evaluation),
    );
    const held = pairsHeld((await optimiser.report()).entries);
    if (held < history) throw new Error(`only ${held} of ${history} pairs were left at the end`);
    return measured;
  } finally {
    optimiser?.dispose();
    evaluation?.dispose();
    owned.forEach((tensor) => gpu.free(tensor));
  }
}

/** Σ aᵢ(xᵢ − cᵢ)² with its gradient, 2aᵢ(xᵢ − cᵢ). */
async function quadratic(gpu: Gpu, shape: readonly number[], owned: Tensor[]) {
  const count = shape.reduce((a, b) => a * b, 1);
  const make = (label: string, data: Float32Array) => {
    const tensor = gpu.tensor(label, shape, data);
    owned.push(tensor);
    return tensor;
  };
  const x = make('x', uniform(1, count, 0, 1));
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
  return { evaluation, problem: { x, loss, gradient } };
}

/** How many pairs have been kept since the history was last emptied. */
function pairsHeld(entries: readonly LogEntry[]): number {
  const since = entries.slice(entries.findLastIndex(({ dropped }) => dropped) + 1);
  return since.filter(({ kept }) => kept).length;
}
