import type { LogEntry } from '../lbfgs/index.js';
import { DivergedError } from './diverged.js';
import { RING_ROWS, type Scores, type StyleJob } from './job.js';
import { Pace } from './pace.js';
import { searchEvaluations } from './search-evaluations.js';
import { hasSettled } from './settled.js';

/** How far a job has come. */
export interface Progress {
  /** Evaluations done so far. */
  readonly evaluations: number;
  /** How many there will be at most. */
  readonly of: number;
  /** Of the newest evaluation done; undefined before the first. */
  readonly scores: Scores | undefined;
  /** The scores of all evaluations done since the progress told before this one, in order. */
  readonly fresh: readonly Scores[];
  /** Why there is no more to do: 'settled' where nothing changes any more. Undefined while there is. */
  readonly end: 'complete' | 'settled' | undefined;
}

/** Scores have to fit the ring on the GPU, however many batches are in flight. */
const MOST_IN_BATCH = RING_ROWS / 4;
const MOST_IN_FLIGHT = RING_ROWS - MOST_IN_BATCH;

/** Where work is counted in milliseconds, an evaluation is cut into so many pieces. */
const PIECES = 256;
/** While one slice is computed the next one waits, so that the GPU always has something to do. */
const SLICES_IN_FLIGHT = 2;

/**
 * Advances a job by evaluations or by milliseconds, with or without a line search, and keeps account of what is done.
 * An error stays, and is told by every later call too.
 */
export class JobRunner {
  private settled = false;
  private failure: { error: unknown } | undefined;
  private stopped = false;
  /** Done and not told yet. */
  private readonly untold: Scores[] = [];
  /** All that is queued; never rejects. */
  private tail: Promise<void> = Promise.resolve();
  private readonly batchPace = new Pace(MOST_IN_BATCH);
  private readonly slicePace = new Pace(MOST_IN_BATCH * PIECES);
  private slices = 0;
  /** When what was waited for last was done. */
  private doneAt = 0;
  private readonly search: AsyncGenerator<Scores, void> | undefined;

  constructor(private readonly job: StyleJob) {
    if (job.options.lineSearch !== 'none') this.search = searchEvaluations(job);
  }

  /** How far the job has come, with the scores that were not told before. */
  take(): Progress {
    const { job, settled } = this;
    const evaluations = job.last?.evaluation ?? 0;
    const of = job.options.evaluations;
    const complete = evaluations >= of && job.evaluations >= of;
    const end = settled ? 'settled' : complete ? 'complete' : undefined;
    return { evaluations, of, scores: job.last, fresh: this.untold.splice(0), end };
  }

  /** Whether all there is to do has been queued. */
  get exhausted(): boolean {
    return this.failure !== undefined || this.settled || this.job.evaluations >= this.job.options.evaluations;
  }

  /**
   * Queues so many evaluations at once, or as many as there are left.
   *
   * @returns when they are done. Rejects with DivergedError or GpuError.
   */
  queue(count: number): Promise<void> {
    if (this.failure) return Promise.reject(this.failure.error);
    const { job } = this;
    if (this.search) return this.after(() => this.pull(count));
    const batch = Math.min(count, job.options.evaluations - job.evaluations, MOST_IN_BATCH);
    if (batch <= 0 || this.settled) return this.tail.then(() => this.check());
    const unseen = job.evaluations - (job.last?.evaluation ?? 0);
    if (unseen + batch > MOST_IN_FLIGHT) return this.tail.then(() => this.queue(count));
    const begin = performance.now();
    job.submit(batch);
    const done = this.track(this.whenDone(batch).then(() => this.batchPace.measured(batch, this.lap(begin))));
    return count > batch ? done.then(() => this.queue(count - batch)) : done;
  }

  /**
   * Queues as much work as the GPU does in about so many milliseconds, less than an evaluation if need be; nothing while
   * two earlier calls' work is not done. With a line search, whole evaluations for at least so long.
   *
   * @returns when it is done. Rejects with DivergedError or GpuError.
   */
  queueMilliseconds(milliseconds: number): Promise<void> {
    if (this.failure) return Promise.reject(this.failure.error);
    const { job, slicePace } = this;
    if (this.search) {
      const idle = this.slices < 1;
      this.slices += idle ? 1 : 0;
      return idle ? this.after(() => this.pull(Infinity, milliseconds)) : this.tail.then(() => this.check());
    }
    const left = job.options.evaluations - job.evaluations;
    if (left <= 0 || this.settled || this.slices >= SLICES_IN_FLIGHT)
      return this.tail.then(() => this.check());
    const begin = performance.now();
    const { ended, share } = job.submitShare(slicePace.fitting(milliseconds) / PIECES, left);
    this.slices++;
    const done = (ended > 0 ? this.whenDone(ended) : job.done()).then(() =>
      slicePace.measured(share * PIECES, this.lap(begin)),
    );
    return this.track(done.finally(() => this.slices--));
  }

  /**
   * Runs to the end, or until aborted: some evaluations at a time, one batch queued while the one before it is computed.
   * A loop may break off and another go on; what was queued by then is computed. It ends where the job is stopped.
   *
   * @throws DivergedError or GpuError, also one that happened before.
   */
  async *run(signal?: AbortSignal): AsyncGenerator<Progress, void> {
    const batch = () =>
      signal?.aborted || this.exhausted ? undefined : this.queue(this.search ? 1 : this.batchPace.batch);
    let next = batch();
    while (next) {
      const following = this.search ? undefined : batch();
      // Awaited in the next round, but perhaps after this one has failed: then its failure is no news.
      following?.catch(() => undefined);
      await next;
      yield this.take();
      next = following ?? batch();
    }
    if (!this.stopped) this.check();
  }

  /** Queues nothing more, and ends a line search where it is. Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.failure ??= { error: new Error('The job was stopped.') };
    await this.search?.return();
  }

  /** Milliseconds that work took which was submitted at `begin` and is done now, without what came before it. */
  private lap(begin: number): number {
    const now = performance.now();
    const since = Math.max(begin, this.doneAt);
    this.doneAt = now;
    return now - since;
  }

  /** @param newest how many evaluations were queued last. */
  private async whenDone(newest: number): Promise<void> {
    const { job } = this;
    const [scores, log] = await Promise.all([job.scores(), job.log()]);
    this.untold.push(...scores);
    requireFinite(job, log, newest);
    this.settled ||= hasSettled(log);
  }

  /** Makes so many evaluations of a line search, one after the other, or for so long. */
  private async pull(count: number, milliseconds = Infinity): Promise<void> {
    const begin = performance.now();
    try {
      for (let made = 0; made < count && !this.exhausted; made++) {
        const { value, done } = await this.search!.next();
        if (done) this.settled = true;
        else this.untold.push(value);
        if (performance.now() - begin >= milliseconds) return;
      }
    } finally {
      if (milliseconds < Infinity) this.slices--;
    }
  }

  private after(work: () => Promise<void>): Promise<void> {
    return this.track(this.tail.then(() => this.check()).then(work));
  }

  /** Makes `done` a part of the tail, and keeps its failure. */
  private track(done: Promise<void>): Promise<void> {
    const kept = done.catch((error: unknown) => {
      this.failure ??= { error };
      throw this.failure.error;
    });
    this.tail = Promise.all([this.tail, kept]).then(
      () => undefined,
      () => undefined,
    );
    return kept;
  }

  private check(): void {
    if (this.failure) throw this.failure.error;
  }
}

/** The robust mode goes back to its best image, where there is one: from the second evaluation on, or never. */
function requireFinite(job: StyleJob, log: readonly LogEntry[], newest: number): void {
  const { clamp } = job.options;
  const bad = log.slice(-newest).find(({ reason }) => reason === 'not-finite');
  if (bad && (clamp !== 'robust' || bad.evaluation === 1)) throw new DivergedError(bad.evaluation, clamp);
}
