import type { Program } from '../src/gpu/program.js';
import { canTimeSteps, StepTimer, timeRuns } from '../src/gpu/timing.js';

/** Milliseconds, summarised over repeats. */
export interface ProgramTime {
  /** A whole run by the host's clock, submission included. */
  wall: number;
  /** Each step by the GPU's clock; absent where the device has no timestamps. */
  steps?: number[];
  /** The steps' sum, or the wall time where there are no timestamps: what the dispatches take. */
  dispatches: number;
}

const WARM_UPS = 2;
/** Enough runs for a median; fewer for long ones, so that a bench on a software adapter ends. */
const REPEATS = { most: 15, least: 3, milliseconds: 1500 };

/**
 * Times a frozen program, whose tensors are left as the last run leaves them.
 *
 * @param summary makes one figure of the repeats': their median, unless it is the adapter that is measured.
 */
export async function timeProgram(
  program: Program,
  summary: (times: readonly number[]) => number = median,
): Promise<ProgramTime> {
  await timeRuns(program, WARM_UPS);
  const once = await timeRuns(program);
  const { most, least, milliseconds } = REPEATS;
  const repeats = Math.max(least, Math.min(most, Math.floor(milliseconds / once)));
  const walls: number[] = [];
  for (let i = 0; i < repeats; i++) walls.push(await timeRuns(program));
  const wall = summary(walls);
  if (!canTimeSteps(program.gpu.device)) return { wall, dispatches: wall };

  const timer = new StepTimer(program);
  try {
    const runs: number[][] = [];
    for (let i = 0; i < repeats; i++) runs.push(await timer.run());
    const steps = program.steps.map((_, i) => summary(runs.map((run) => run[i]!)));
    return { wall, steps, dispatches: steps.reduce((a, b) => a + b, 0) };
  } finally {
    timer.dispose();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
