import { DivergedError } from './diverged.js';
import type { Scores, StyleJob } from './job.js';
import { Relay, RelayClosed } from './relay.js';

/**
 * The evaluations of a job with a line search, each made when it is asked for, until the search does not move any more.
 *
 * @throws DivergedError where scores are not finite; GpuError
 */
export async function* searchEvaluations(job: StyleJob): AsyncGenerator<Scores, void> {
  for (;;) {
    const relay = new Relay<Scores>();
    const step = job.step((scores) => relay.give(scores)).finally(() => relay.end());
    // Told below, once what was evaluated before it has been handed on.
    step.catch(() => undefined);
    try {
      for await (const scores of relay.taken()) {
        // An infinite probe is for the search to shorten; a NaN, or a start that is infinite, leads nowhere.
        if (Number.isNaN(scores.total) || (scores.evaluation === 1 && !Number.isFinite(scores.total)))
          throw new DivergedError(scores.evaluation, job.options.clamp);
        yield scores;
      }
    } finally {
      // Broken off, the search ends where it is; what it was doing is over before anything is freed.
      await step.catch((error: unknown) => {
        if (!(error instanceof RelayClosed)) throw error;
      });
    }
    const { evaluations, stop } = await step;
    if (stop === 'not-finite') throw new DivergedError(job.evaluations, job.options.clamp);
    // A step of one evaluation did not move, and neither would the next.
    if (evaluations === 1) return;
  }
}
