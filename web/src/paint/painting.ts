import type { Job, Progress, StylizeRequest } from 'scumble';
import type { Screen } from '../view/screen.js';
import type { FilterChoice, Session } from './session.js';

/** GPU time asked for in each frame of the screen: the rest is for drawing the page. */
const FRAME_MS = 12;
/** While the page is hidden there are no frames, and nobody to wait. */
const HIDDEN_MS = 100;

export interface PaintingRequest extends Omit<StylizeRequest, 'filters' | 'signal'> {
  choice: FilterChoice;
}

export interface PaintingHooks {
  /** VGG-19 is being fetched: bytes so far, and in all. */
  onFetch: (done: number, total: number) => void;
  /** All is set up, and the first evaluation begins. */
  onStart: (job: Job) => void;
  /** After evaluations were done, with all the GPU memory that is in use. */
  onProgress: (progress: Progress, bytes: number) => void;
}

export interface Painted {
  end: 'complete' | 'settled' | 'stopped';
  pixels: ImageData;
  evaluations: number;
}

/** One run, from pictures to a picture. It goes on frame by frame, so that the page stays alive beside it. */
export class Painting {
  private readonly stopping = new AbortController();
  private paused: { until: Promise<void>; resume: () => void } | undefined;

  constructor(
    private readonly session: Session,
    private readonly screen: Screen,
    private readonly hooks: PaintingHooks,
  ) {}

  pause(): void {
    let resume = () => {};
    const until = new Promise<void>((resolve) => (resume = resolve));
    this.paused ??= { until, resume };
  }

  resume(): void {
    this.paused?.resume();
    this.paused = undefined;
  }

  /** Ends the run; the picture stays as it stands. Before the first evaluation there is none. */
  stop(): void {
    this.stopping.abort();
    this.resume();
  }

  /** @returns nothing if it was stopped before there was a picture. Rejects with what the library throws. */
  async run({ choice, ...request }: PaintingRequest): Promise<Painted | undefined> {
    const { signal } = this.stopping;
    try {
      const engine = await this.session.open();
      signal.throwIfAborted();
      const filters = await this.session.load(engine, choice, { signal, onFetch: this.hooks.onFetch });
      signal.throwIfAborted();
      const job = await engine.stylize({ ...request, filters, signal });
      try {
        this.screen.open(engine.device, job.width, job.height);
        this.screen.draw(job);
        this.hooks.onStart(job);
        const end = await this.advance(job, () => engine.gpu.memory.bytes);
        if (job.progress.evaluations === 0) return undefined;
        this.screen.draw(job);
        const { width, height, data } = await job.pixels();
        return { end, pixels: new ImageData(data, width, height), evaluations: job.progress.evaluations };
      } finally {
        job.dispose();
      }
    } catch (error) {
      if (signal.aborted && error === signal.reason) return undefined;
      throw error;
    }
  }

  private async advance(job: Job, bytes: () => number): Promise<Painted['end']> {
    let failure: { error: unknown } | undefined;
    let fresh = false;
    let end: Progress['end'];
    const told = (progress: Progress) => {
      end = progress.end;
      if (progress.fresh.length === 0) return;
      fresh = true;
      this.hooks.onProgress(progress, bytes());
    };
    const failed = (error: unknown) => {
      failure = { error };
    };
    while (!end) {
      if (this.paused) await this.paused.until;
      if (this.stopping.signal.aborted) return 'stopped';
      const milliseconds = document.hidden ? HIDDEN_MS : FRAME_MS;
      // Not waited for: while this is computed, the next frame queues what follows.
      const done = job.advance({ milliseconds }).then(told, failed);
      await (document.hidden ? done : nextFrame());
      // Stopping makes what was queued fail as well, with no harm done.
      if (this.stopping.signal.aborted) return 'stopped';
      if (failure) throw failure.error;
      if (fresh) this.screen.draw(job);
      fresh = false;
    }
    return end;
  }
}

/** The next frame of the screen; at once when the page is hidden meanwhile, since then there is none. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    requestAnimationFrame(done);
    document.addEventListener('visibilitychange', done);
  });
}
