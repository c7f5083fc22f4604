import { gaveWay } from '../../errors.js';
import { GpuError, LimitError } from '../errors.js';
import type { Gpu } from '../gpu.js';
import { canTimeSteps } from '../timing.js';
import type { VariantTable } from '../variants.js';
import { judgeInside } from './inside.js';
import { type Measured, rankTasks, type Stopwatch, type Task } from './rank.js';
import { type Recording, Sites } from './sites.js';
import { GpuStopwatch, type ProcessorTime } from './stopwatch.js';

export interface TuneOptions {
  /** Milliseconds to spend, but for what was begun; what is not measured then takes after the shape most like it. */
  budget?: number;
  /** Measures again what is known. */
  anew?: boolean;
  /** To be told where the adapter may turn out to be the processor: a busy machine then misleads less. */
  processorTime?: ProcessorTime;
  /** Ends the measuring before the next run: what is known by then is ranked, and the rest is left for another time. */
  signal?: AbortSignal | undefined;
}

/** A short moment beside a whole job. */
const DEFAULT_BUDGET_MS = 4000;

/**
 * Measures the variants of all operations that `record` records, on each shape once, and ranks them in `gpu.variants`:
 * each alone, on memory of its own, and the best two, where they are close and the device has timestamps, as part of the
 * whole. What is ranked already and what is forced is left alone. What the budget, or the GPU's memory, does not suffice
 * for is ranked as the shape most like it, for good, so that a job is computed the same way each time it is done.
 *
 * @returns what was ranked now.
 */
export async function tuneRecording(
  gpu: Gpu,
  record: Recording,
  { budget = DEFAULT_BUDGET_MS, anew = false, processorTime: given, signal }: TuneOptions = {},
): Promise<readonly Measured[]> {
  const now = () => performance.now();
  const end = now() + budget;
  const sites = new Sites(gpu, record);
  const tasks = sites.tasks(anew);
  const processorTime = gpu.facts.software ? given : undefined;
  const stopwatch = new GpuStopwatch((task, variant) => sites.freeze(task, variant), processorTime);
  const time: Stopwatch = (...run) => {
    signal?.throwIfAborted();
    return stopwatch.time(...run);
  };
  let measured: readonly Measured[] = [];
  try {
    for await (const item of rankTasks(tasks, time, { budget: end - now(), now })) {
      measured = [...measured, item];
    }
    stopwatch.dispose();
    if (canTimeSteps(gpu.device)) {
      measured = await judgeInside(sites, measured, () => end - now(), { processorTime, signal });
    }
  } catch (error) {
    const full = error instanceof GpuError && error.kind === 'out-of-memory';
    if (!full && !gaveWay(error, signal) && !(error instanceof LimitError)) throw error;
  } finally {
    stopwatch.dispose();
  }
  rankVariants(gpu.variants, measured);
  if (signal?.aborted) return measured;
  const assumed = tasks
    .filter(
      (task) => !measured.some((item) => item.operation === task.operation && item.shape === task.shape),
    )
    .map((task) => assume(gpu.variants, task));
  rankVariants(gpu.variants, assumed);
  return [...measured, ...assumed];
}

/** Ranks variants by what was measured, now or earlier. */
export function rankVariants(variants: VariantTable, measured: readonly Measured[]): void {
  for (const { operation, shape, timings } of measured) {
    variants.rank(
      operation,
      shape,
      timings.map(({ variant }) => variant),
    );
  }
}

/** The order of the shape most like it. */
function assume(variants: VariantTable, { operation, shape, eligible }: Task): Measured {
  const order = variants.order(operation, shape, eligible);
  return { operation, shape, timings: order.map((variant) => ({ variant })) };
}
