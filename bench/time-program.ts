import type { Program } from '../src/gpu/program.js';
import { canTimeSteps, StepTimer, timeRuns } from '../src/gpu/timing.js';

/** Milliseconds, each the median of some repeats. */
export interface ProgramTime {
  /** A whole run by the host's clock, submission included. */
  wall: number;
  /** Each step by the GPU's clock; absent where the device has no timestamps, or the program takes long anyway. */
  steps?: number[];
  /** The steps' sum, or the wall time where they were not timed: what the dispatches take. */
  dispatches: number;
}

/** Enough runs for a median; fewer for long ones, so that a bench on a software adapter ends. */
const REPEATS = { most: 15, least: 3, milliseconds: 300 };
/** Beyond this, neither repeats nor the difference between the clocks would tell anything more. */
const LONG_MS = 1000;

/**
 * Times a frozen program, whose tensors are left as the last run leaves them.
 *
 * @param before submits what each run is to follow; it is waited for and not counted.
 */
export async function timeProgram(
  program: Program,
  before: () => void = () => undefined,
): Promise<ProgramTime> {
  const timed = () => {
    before();
    return timeRuns(program);
  };
  await timed(); // the driver may leave its compiling to the first run
  const once = await timed();
  if (once > LONG_MS) return { wall: once, dispatches: once };
  const { most, least, milliseconds } = REPEATS;
  const repeats = Math.max(least, Math.min(most, Math.floor(milliseconds / once)));
  const walls: number[] = [];
  for (let i = 0; i < repeats; i++) walls.push(await timed());
  const wall = median(walls);
  if (!canTimeSteps(program.gpu.device)) return { wall, dispatches: wall };

  const timer = new StepTimer(program);
  try {
    const runs: number[][] = [];
    for (let i = 0; i < repeats; i++) {
      before();
      runs.push(await timer.run());
    }
    const steps = program.steps.map((_, i) => median(runs.map((run) => run[i]!)));
    return { wall, steps, dispatches: steps.reduce((a, b) => a + b, 0) };
  } finally {
    timer.dispose();
  }
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
