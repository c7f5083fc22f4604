import { shown } from '../checks.js';
import { disposedError, type GpuError } from '../gpu/errors.js';
import type { Gpu } from '../gpu/gpu.js';
import type { Storage } from '../gpu/tensor.js';
import type { Pixels8 } from '../image/pixels.js';
import type { StyleJob } from '../style/job.js';
import { JobRunner, type Progress } from '../style/runner.js';
import { Exporter } from './exporter.js';
import type { BufferPicture } from './pictures.js';

/** How much to do: evaluations, or milliseconds of the GPU's time. */
export type Budget = { readonly evaluations: number } | { readonly milliseconds: number };

/**
 * One picture being painted. It runs only as far as it is asked to: in a loop of its own,
 *
 *     for await (const { scores } of job) console.log(scores?.total);
 *
 * or a little at a time in somebody else's,
 *
 *     job.advance({ milliseconds: 6 });
 *     job.writeTexture(texture);
 *
 * Made by `engine.stylize`.
 */
export class Job implements AsyncIterable<Progress> {
  private readonly runner: JobRunner;
  /** One for each place that the picture has stood in. */
  private readonly exporters = new Map<Storage, Exporter>();
  private told: Progress;
  private disposed = false;
  /** What the device refused first of pictures written: told by all that waits for the job. */
  private refusal: GpuError | undefined;

  private constructor(
    private readonly gpu: Gpu,
    private readonly job: StyleJob,
    private readonly signal: AbortSignal | undefined,
    private readonly forget: (job: Job) => void,
  ) {
    this.runner = new JobRunner(job);
    this.told = this.runner.take();
  }

  /** @internal */
  static async create(
    gpu: Gpu,
    job: StyleJob,
    signal: AbortSignal | undefined,
    forget: (job: Job) => void,
  ): Promise<Job> {
    await Exporter.compile(gpu, job.x);
    return new Job(gpu, job, signal, forget);
  }

  /** Of the picture, in pixels. */
  get width(): number {
    return this.job.x.shape[3]!;
  }

  get height(): number {
    return this.job.x.shape[2]!;
  }

  /** What was told last. */
  get progress(): Progress {
    return this.told;
  }

  /**
   * Bytes of GPU memory that the job holds, most of them the optimiser's history and the network's feature maps; none once
   * it is disposed of.
   */
  get bytes(): number {
    if (this.disposed) return 0;
    const exported = [...this.exporters.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    return this.job.bytes + exported;
  }

  /**
   * Queues evaluations at once; or, of milliseconds, about as much work as the GPU does in them, less than an evaluation
   * if need be, and nothing while two earlier calls' work is not done: what a frame has room for. With a line search,
   * which has to wait for each evaluation, milliseconds are those of whole evaluations.
   *
   * @returns how far the job is once that is done. It need not be awaited: a failure is told by every later call too.
   *   Rejects with a GpuError, also where the job is disposed of; a DivergedError where the picture left the numbers that
   *   float32 can hold; the signal's reason once it is aborted; a RangeError for a budget that is no positive number.
   */
  advance(budget: Budget): Promise<Progress> {
    const done = this.whileAlive(this.start(budget)).then(() => this.tell());
    done.catch(() => undefined);
    return done;
  }

  /**
   * Runs to the end, some evaluations at a time, with more of them always queued. A loop may wait or break off; what is
   * queued by then is computed, and another loop, or `advance`, goes on from there.
   *
   * @throws what `advance` rejects with, also where job or engine is disposed of within the loop.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Progress, void> {
    this.requireAlive();
    try {
      for await (const progress of this.runner.run(this.signal)) {
        this.requireSound();
        this.told = progress;
        yield progress;
      }
    } catch (error) {
      this.requireAlive();
      throw error;
    }
    this.requireSound();
    this.signal?.throwIfAborted();
  }

  /**
   * The picture as it stands, the best so far unless the options say otherwise: opaque RGBA bytes of their own, of which
   * a browser makes an image by `new ImageData(data, width, height)`. Waits for what is queued by now.
   *
   * @throws GpuError
   */
  async pixels(): Promise<Pixels8> {
    this.requireAlive();
    return this.whileAlive(this.exporter.pixels());
  }

  /**
   * Queues a copy of the picture as it stands into a texture, without a wait and without a read-back.
   *
   * @param texture two-dimensional, of the job's width and height, with a format of `TexelFormat` and the usage COPY_DST.
   * @throws UserError for any other texture. What the device refuses for another reason is told by `advance`.
   */
  writeTexture(texture: GPUTexture): void {
    this.requireAlive();
    this.note(this.exporter.writeTexture(texture));
  }

  /**
   * Queues a copy of the picture as it stands into a buffer, likewise.
   *
   * @param target of the job's width and height, with the usage COPY_DST.
   * @throws UserError for any other buffer.
   */
  writeBuffer(target: BufferPicture): void {
    this.requireAlive();
    this.note(this.exporter.writeBuffer(target));
  }

  /** Frees all that the job made. Filters and device stay. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.runner.stop().catch(() => undefined);
    for (const exporter of this.exporters.values()) exporter.dispose();
    this.job.dispose();
    this.forget(this);
  }

  private async start(budget: Budget): Promise<void> {
    this.requireAlive();
    this.signal?.throwIfAborted();
    requireBudget(budget);
    if ('milliseconds' in budget) {
      requirePositive('milliseconds', budget.milliseconds);
      return this.runner.queueMilliseconds(budget.milliseconds);
    }
    requirePositive('evaluations', budget.evaluations);
    return this.runner.queue(Math.ceil(budget.evaluations));
  }

  private tell(): Progress {
    this.requireSound();
    this.signal?.throwIfAborted();
    return (this.told = this.runner.take());
  }

  private note(refused: Promise<GpuError | undefined>): void {
    void refused.then((error) => (this.refusal ??= error));
  }

  private get exporter(): Exporter {
    const image = this.job.standing;
    let exporter = this.exporters.get(image.storage);
    if (!exporter) this.exporters.set(image.storage, (exporter = new Exporter(this.gpu, image)));
    return exporter;
  }

  /** What is under way when the job is disposed of fails in ways of its own, and this is why. */
  private async whileAlive<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.requireAlive();
      throw error;
    }
  }

  /** What was waited for is not told any more once the job is disposed of, or something was refused. */
  private requireSound(): void {
    this.requireAlive();
    if (this.refusal) throw this.refusal;
  }

  private requireAlive(): void {
    if (this.disposed) throw disposedError('Painting', 'job');
  }
}

function requireBudget(budget: unknown): void {
  if (typeof budget === 'object' && budget !== null && ('evaluations' in budget || 'milliseconds' in budget))
    return;
  throw new RangeError(
    `A budget is { evaluations } or { milliseconds } with a number above 0, not ${shown(budget)}.`,
  );
}

function requirePositive(name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0) return;
  throw new RangeError(`${name} must be a number above 0, not ${shown(value)}.`);
}
