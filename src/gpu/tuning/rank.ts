/** What one variant took on one shape. */
export interface Timing {
  variant: string;
  /** Alone, run after run. Absent where there was no time to measure, and the order is that of another shape. */
  milliseconds?: number;
  /** True where it was so slow that the first, partial runs were enough. */
  rough?: boolean;
  /** Among all else that is recorded, summed over the places where the shape occurs; only where the choice was close. */
  inside?: number;
}

type Timed = Timing & Required<Pick<Timing, 'milliseconds'>>;

/** The variants of an operation on one shape, the one to choose first. */
export interface Measured {
  operation: string;
  shape: string;
  timings: readonly Timing[];
}

/** An operation on one shape whose variants are to be ranked. */
export interface Task {
  operation: string;
  shape: string;
  /** In the order to try them: with a good one first, the others are given up the sooner. */
  eligible: readonly string[];
  /** How much hangs on it, in any unit. */
  weight: number;
}

/**
 * Runs a variant and tells the milliseconds. `work` says how much of it: below 1 only that share of its workgroups, above
 * 1 so many runs. Undefined where so small a share cannot be run.
 */
export type Stopwatch = (task: Task, variant: string, work: number) => Promise<number | undefined>;

/** Before anything is known of a variant, this share of it is run; a monster would be felt even so. */
const FIRST_SHARE = 1 / 64;
/** Then so much more at a time, until it has run as long as the others or is given up. */
const STEP = 4;
/** Runs this long tell variants apart. */
const ENOUGH_MS = 6;
const MOST_RUNS = 256;
/** Slower than the best by more than this, a variant need not be timed any further. */
const HOPELESS = 1.5;
/** Beyond this no disturbance of a run explains it, and another run would cost too much. */
const MONSTROUS = 5;
/** How often those that are left are timed in turn; the fastest run of each counts. */
const ROUNDS = 3;

/**
 * Ranks the variants of each task, those with the most weight first, until `budget` milliseconds have gone by; a task
 * that was begun is finished.
 *
 * @param now the time in milliseconds.
 */
export async function* rankTasks(
  tasks: readonly Task[],
  stopwatch: Stopwatch,
  { budget, now }: { budget: number; now: () => number },
): AsyncGenerator<Measured> {
  const end = now() + budget;
  for (const task of tasks.toSorted((a, b) => b.weight - a.weight)) {
    if (now() >= end) return;
    yield { operation: task.operation, shape: task.shape, timings: await rankTask(task, stopwatch) };
  }
}

/** Ranks the variants of one task: each once, the slow ones only as far as needed to know it; then the rest in turn. */
export async function rankTask(task: Task, stopwatch: Stopwatch): Promise<Timing[]> {
  const timings: Timed[] = [];
  const [first, ...others] = task.eligible as readonly [string, ...string[]];

  // As much work for all as keeps the first busy for long enough, and not for a disturbance.
  let work = FIRST_SHARE;
  let took = await timeTwice(first, work);
  while (took < ENOUGH_MS && work < MOST_RUNS) {
    work = moreWork(work, took);
    took = await timeTwice(first, work);
  }
  timings.push({ variant: first, milliseconds: took / work });

  let best = took;
  for (const variant of others) {
    let share = Math.min(FIRST_SHARE, work);
    took = await timeAgainst(best, variant, share);
    // What a share takes already is the least that all of it can take.
    while (share < work && took <= HOPELESS * best) {
      share = Math.min(work, share * STEP);
      took = await timeAgainst(best, variant, share);
    }
    const hopeless = took > HOPELESS * best;
    timings.push({ variant, milliseconds: took / share, ...(hopeless && { rough: true }) });
    if (!hopeless) best = Math.min(best, took);
  }

  const contenders = timings.filter(({ rough }) => !rough);
  for (let round = 1; contenders.length > 1 && round < ROUNDS; round++) {
    for (const timing of contenders) {
      const again = await time(timing.variant, work);
      timing.milliseconds = Math.min(timing.milliseconds, again / work);
    }
  }
  return timings.toSorted(
    (a, b) => Number(a.rough ?? false) - Number(b.rough ?? false) || a.milliseconds - b.milliseconds,
  );

  /** The time of a share that is long enough is that of the faster of two runs. */
  async function timeTwice(variant: string, share: number): Promise<number> {
    const took = await time(variant, share);
    return took < ENOUGH_MS ? took : Math.min(took, await time(variant, share));
  }

  /** A run that seems hopeless may have been disturbed: it is repeated, unless no disturbance explains it. */
  async function timeAgainst(best: number, variant: string, share: number): Promise<number> {
    const took = await time(variant, share);
    const doubtful = took > HOPELESS * best && took < MONSTROUS * best;
    return doubtful ? Math.min(took, await time(variant, share)) : took;
  }

  /** The time of `share`, or, where so little cannot be run, of the least that can. */
  async function time(variant: string, share: number): Promise<number> {
    for (let tried = share; ; tried = Math.min(1, tried * 2)) {
      const milliseconds = await stopwatch(task, variant, tried);
      if (milliseconds !== undefined) return (milliseconds * share) / tried;
      if (tried >= 1) throw new RangeError(`${task.operation}: ${variant} cannot be run.`);
    }
  }
}

/** So much that it should take long enough; whole runs where it is more than one. */
function moreWork(work: number, took: number): number {
  const wanted = Math.max(2 * work, (work * ENOUGH_MS * 1.2) / Math.max(took, 1e-3));
  return Math.min(MOST_RUNS, wanted < 1 ? wanted : Math.ceil(wanted));
}
