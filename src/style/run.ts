import type { Scores, StyleJob } from './job.js';
import { JobRunner } from './runner.js';

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

/**
 * Runs a job to its last evaluation, to where nothing changes any more, or until it is aborted.
 *
 * @throws DivergedError when scores or gradient are not finite and there is no better image to go back to; GpuError
 */
export async function runJob(job: StyleJob, { onScores, signal }: RunHooks = {}): Promise<RunOutcome> {
  const runner = new JobRunner(job);
  try {
    let end: RunOutcome['end'] | undefined;
    for await (const progress of runner.run(signal)) {
      end = progress.end;
      if (progress.fresh.length > 0) await onScores?.(progress.fresh);
    }
    return {
      end: end ?? (job.evaluations < job.options.evaluations ? 'aborted' : 'complete'),
      last: job.last,
    };
  } finally {
    await runner.stop();
  }
}
