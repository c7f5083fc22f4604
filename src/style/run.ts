import { UserError } from '../errors.js';
import type { LogEntry } from '../lbfgs/index.js';
import { RING_ROWS, type Scores, type StyleJob } from './job.js';
import { Pace } from './pace.js';
import { hasSettled } from './settled.js';

export interface RunHooks {
  /** Is given the scores of all evaluations, in order, some at a time, and waited for. */
  onScores?: (scores: readonly Scores[]) => void | Promise<void>;
  /** Ends the run after what is queued already, which takes about half a second or two evaluations. */
  signal?: AbortSignal;
}

export interface RunOutcome {
  /** 'settled': the image had stopped changing before all evaluations were done. */
  end: 'complete' | 'aborted' | 'settled';
  /** Of the last evaluation; undefined if there was none. */
  last: Scores | undefined;
}

/** The optimisation left the numbers that a float32 can hold. */
export class DivergedError extends UserError {
  override readonly name = 'DivergedError';

  constructor(evaluation: number) {
    super(
      `The image diverged at evaluation ${evaluation} into numbers that are not finite, so there is no result; ` +
        'use --clamp robust, smaller weights (--style-weight, --content-weight) or other filters (--weights).',
      1,
    );
  }
}

/** At most two batches are in flight, and their scores have to fit the ring. */
const MOST_IN_BATCH = RING_ROWS / 4;

/**
 * Runs a job to its last evaluation, to where nothing changes any more, or until it is aborted.
 *
 * @throws DivergedError when scores or gradient are not finite and there is no better image to go back to.
 */
export function runJob(job: StyleJob, hooks: RunHooks = {}): Promise<RunOutcome> {
  return job.options.lineSearch === 'none' ? runBatches(job, hooks) : runSearch(job, hooks);
}

/** One batch is queued while the one before it is computed, so that the GPU always has something to do. */
async function runBatches(job: StyleJob, { onScores, signal }: RunHooks): Promise<RunOutcome> {
  const pace = new Pace(MOST_IN_BATCH);
  const queue: { count: number; done: Promise<[Scores[], LogEntry[]]> }[] = [];
  const outcome: RunOutcome = { end: 'complete', last: undefined };
  const submit = () => {
    const count = Math.min(pace.batch, job.options.evaluations - job.evaluations);
    if (count === 0 || signal?.aborted || outcome.end === 'settled') return;
    job.submit(count);
    const done = Promise.all([job.scores(), job.log()]);
    // Awaited below, but perhaps after an earlier one has failed: then this failure is no news.
    done.catch(() => undefined);
    queue.push({ count, done });
  };

  let since = performance.now();
  submit();
  for (let batch = queue[0]; batch; batch = queue[0]) {
    if (queue.length < 2) submit();
    const [scores, log] = await batch.done;
    queue.shift();
    const now = performance.now();
    pace.measured(batch.count, now - since);
    since = now;
    requireFinite(job, log, batch.count);
    outcome.last = scores.at(-1) ?? outcome.last;
    if (hasSettled(log)) outcome.end = 'settled';
    await onScores?.(scores);
    submit();
  }
  if (outcome.end === 'complete' && job.evaluations < job.options.evaluations) outcome.end = 'aborted';
  return outcome;
}

/** The robust mode goes back to its best image, where there is one: from the second evaluation on, or never. */
function requireFinite(job: StyleJob, log: readonly LogEntry[], newest: number): void {
  const robust = job.options.clamp === 'robust';
  const bad = log.slice(-newest).find(({ reason }) => reason === 'not-finite');
  if (bad && (!robust || bad.evaluation === 1)) throw new DivergedError(bad.evaluation);
}

/** Thrown through a step of the line search to end it. */
class Enough extends Error {}

async function runSearch(job: StyleJob, { onScores, signal }: RunHooks): Promise<RunOutcome> {
  const outcome: RunOutcome = { end: 'complete', last: undefined };
  const evaluated = async (scores: Scores) => {
    outcome.last = scores;
    await onScores?.([scores]);
    // An infinite probe is for the search to shorten; a NaN, or a start that is infinite, leads nowhere.
    if (Number.isNaN(scores.total) || (scores.evaluation === 1 && !Number.isFinite(scores.total)))
      throw new DivergedError(scores.evaluation);
    if (scores.evaluation >= job.options.evaluations || signal?.aborted) throw new Enough();
  };
  try {
    for (;;) {
      const { evaluations, stop } = await job.step(evaluated);
      if (stop === 'not-finite') throw new DivergedError(job.evaluations);
      // A step of one evaluation did not move, and neither would the next.
      if (evaluations === 1) return { ...outcome, end: 'settled' };
    }
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
    return { ...outcome, end: job.evaluations < job.options.evaluations ? 'aborted' : 'complete' };
  }
}
