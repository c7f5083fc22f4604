import { gaveWay } from '../src/errors.js';
import { Gpu } from '../src/gpu/gpu.js';
import type { Measured } from '../src/gpu/tuning/rank.js';
import { Tuning, type TuningOptions } from '../src/node/tuning.js';
import { demoJob } from './evaluation.js';
import type { BenchHooks } from './run.js';

/** What a variant took on a shape. */
export interface TuningRow {
  kernel: string;
  shape: string;
  variant: string;
  /** Alone; undefined where it was not measured. */
  milliseconds?: number;
  /** Whether that is an estimate from a share of the work, since it was far too slow. */
  rough: boolean;
  /** Milliseconds among all else of the evaluation, in all places together, where that had to decide. */
  inside?: number;
  /** How many times as long as the fastest. */
  ratio?: number;
  chosen: boolean;
}

/** The results of tuning, a row for each variant, by kernel and shape in the order of their names. */
export function tuningRows(measured: readonly Measured[]): TuningRow[] {
  const inOrder = measured.toSorted((a, b) => compare(a.operation, b.operation) || compare(a.shape, b.shape));
  return inOrder.flatMap(({ operation, shape, timings }) => {
    const fastest = Math.min(...timings.map(({ milliseconds }) => milliseconds ?? Infinity));
    return timings.map(({ variant, milliseconds, rough = false, inside }, i): TuningRow => ({
      ...{ kernel: operation, shape, variant, rough, chosen: i === 0 },
      ...(milliseconds !== undefined && { milliseconds, ratio: milliseconds / fastest }),
      ...(inside !== undefined && { inside }),
    }));
  });
}

type TuneHooks = BenchHooks & Pick<TuningOptions, 'onNotice'>;

/**
 * Measures the variants of all that a whole evaluation needs, known or not and however long it takes, and remembers them.
 *
 * @param sizes sides of the image.
 * @returns what was measured: where the signal is aborted, until then.
 * @throws the signal's reason where that is nothing.
 */
export async function tuneSizes(
  gpu: Gpu,
  sizes: readonly number[],
  hooks: TuneHooks = {},
): Promise<Measured[]> {
  const all: Measured[] = [];
  for (const n of sizes) {
    if (!hooks.signal?.aborted) all.push(...(await tuneSize(gpu, n, hooks)));
  }
  if (all.length === 0) hooks.signal?.throwIfAborted();
  return all;
}

async function tuneSize(
  gpu: Gpu,
  n: number,
  { onStage, onNotice, signal }: TuneHooks,
): Promise<readonly Measured[]> {
  onStage?.(`Timing the variants of whole evaluations at ${n}²`);
  let measured: readonly Measured[] = [];
  const own = Gpu.adopt(gpu.device);
  try {
    const tuning = await Tuning.open(own, { onNotice });
    const job = await demoJob(own, n, {
      tune: async (record, how) => {
        // What the job itself would not measure, since it is done once, need not be measured here.
        if (how?.budget === 0) return;
        measured = await tuning.tune(record, { budget: Infinity, anew: true, signal });
      },
      signal,
    });
    job.dispose();
  } catch (error) {
    // What was measured by then is known.
    if (!gaveWay(error, signal)) throw error;
  } finally {
    own.dispose();
  }
  return measured;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
