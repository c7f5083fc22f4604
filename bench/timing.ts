import { type Program, runAll } from '../src/gpu/program.js';
import { canTimeSteps, RunTimer, StepTimer } from '../src/gpu/timing.js';
import { median } from './statistics.js';

/** Milliseconds, one number a repeat. */
export interface Samples {
  /** A whole run by the host's clock, from submission to its end. */
  wall: number[];
  /** A whole run by the GPU's clock, from its first dispatch's beginning to its last one's end; absent where the device has no timestamps. */
  gpu?: number[];
  /** Each dispatch by the GPU's clock, in a pass of its own, which costs something: the median of the repeats. */
  steps?: number[];
}

export interface Sampling {
  /**
   * Submits what each run is to follow, and is not counted; without it, a run timed by the GPU follows some of its own, if
   * it is short. The host's clock starts when it is done.
   */
  before?: () => void;
  /** What the repeats by one clock may take together, beyond the first. */
  milliseconds?: number;
  /** Repeats by one clock. */
  most?: number;
  /** Whether the programs have run before: the driver may leave some compiling to the first run. */
  warm?: boolean;
}

/** Beyond this, what a driver compiles at the first run does not show, and the host's clock need not look twice. */
const LONG_MS = 1000;

/** How long an adapter that slept takes to reach its speed, and how many runs are worth submitting for that. */
const LEAD_IN_MS = 16;
const MOST_LEAD_INS = 64;

/**
 * Times programs that are run one after the other, as one, in one submission. Their tensors are left as the last run
 * leaves them.
 */
export async function sample(programs: readonly Program[], sampling: Sampling = {}): Promise<Samples> {
  const { before, milliseconds = 60, most = 5, warm = false } = sampling;
  const { gpu } = programs[0]!;
  const nothing = () => undefined;
  const once = () => timed(gpu.device, before ?? nothing, () => runAll(gpu, programs));
  const first = warm ? undefined : await once();
  const isTimed = canTimeSteps(gpu.device);
  const isLong = first !== undefined && first > LONG_MS && isTimed;
  const wall = isLong ? [first] : await repeated(once, milliseconds, most);
  if (!isTimed) return { wall };
  // By the GPU's clock, work that follows other work without a pause, as in a job.
  const leadIn = before ?? (isLong ? nothing : () => void runAll(gpu, leadInOf(programs, median(wall))));

  // What is done in one step, or takes long, need not be timed whole as well: nothing else would show.
  const isOne = isLong || programs.reduce((count, { steps }) => count + steps.length, 0) === 1;
  const whole = isOne ? undefined : new RunTimer(gpu, programs);
  const parts = programs.map((program) => new StepTimer(program));
  try {
    const runs = await repeated(
      async () => {
        leadIn();
        const steps: number[] = [];
        for (const timer of parts) steps.push(...(await timer.run()));
        if (!whole) return { steps, whole: steps.reduce((sum, step) => sum + step, 0) };
        leadIn();
        return { steps, whole: await whole.run() };
      },
      milliseconds,
      most,
    );
    return {
      wall,
      gpu: runs.map((run) => run.whole),
      steps: runs[0]!.steps.map((_, i) => median(runs.map(({ steps }) => steps[i]!))),
    };
  } finally {
    for (const timer of [whole, ...parts]) timer?.dispose();
  }
}

/** The programs as often as keeps the adapter busy for the lead-in, where one run takes so many milliseconds. */
function leadInOf(programs: readonly Program[], milliseconds: number): Program[] {
  const runs = Math.min(Math.ceil(LEAD_IN_MS / milliseconds), MOST_LEAD_INS);
  return Array.from({ length: runs }, () => programs).flat();
}

/** Milliseconds by the host's clock from calling `submit` until all it submitted is done. */
export async function timed({ queue }: GPUDevice, before: () => void, submit: () => void): Promise<number> {
  before();
  await queue.onSubmittedWorkDone();
  const start = performance.now();
  submit();
  await queue.onSubmittedWorkDone();
  return performance.now() - start;
}

/** At least one result, and more while there is time. */
export async function repeated<T>(
  measure: () => Promise<T>,
  milliseconds: number,
  most: number,
): Promise<T[]> {
  const end = performance.now() + milliseconds;
  const results: T[] = [];
  do results.push(await measure());
  while (results.length < most && performance.now() < end);
  return results;
}
