import { type GpuError, LimitError } from '../gpu/errors.js';
import type { Gpu } from '../gpu/gpu.js';
import { ProgramCycle } from '../gpu/cycle.js';
import type { Program } from '../gpu/program.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import type { Recording } from '../gpu/tuning/sites.js';
import type { TuneOptions } from '../gpu/tuning/tune.js';
import { append, clamp, copy, normalNoise, pairsSince, ringShape } from '../kernels/index.js';
import { Lbfgs, type LbfgsOptions, type LogEntry, type SearchStep } from '../lbfgs/index.js';
import { layerSizes, layersUpTo } from '../vgg/layers.js';
import type { VggFilters } from '../vgg/network.js';
import {
  allocateTargets,
  computeTargets,
  freeTargets,
  recordObjective,
  recordTargets,
  type Targets,
} from './objective.js';
import type { StyleOptions } from './options.js';
import { type ProfiledStep, profilePrograms } from './profile.js';
import { ImageSearch } from './search.js';

/** The seed's scores of one evaluation: sums of the style losses and of the content losses. */
export interface Scores {
  /** From 1. */
  evaluation: number;
  style: number;
  content: number;
  /** style + content, what is minimised. */
  total: number;
}

/** The pictures of a job, [1, 3, H, W], RGB in 0..1. */
export interface StyleImages {
  /** [1, 3, H, W], RGB in 0..1; the result has its size. */
  content: Tensor;
  /** [1, 3, h, w], of any size: a Gram matrix has none. */
  style: Tensor;
  /** [1, 3, H, W] to start from instead of what `options.start` says. */
  start?: Tensor | undefined;
}

/** What a caller may do while a job is made. */
export interface JobHooks {
  /**
   * Is given what will be recorded, before that is done for good, to choose the kernels' variants by measuring (as
   * tuneRecording of gpu/tuning/tune.ts does); waited for.
   */
  tune?: (record: Recording, options?: TuneOptions) => Promise<unknown>;
  /** Ends the making, which then throws its reason; `tune` is given it too. */
  signal?: AbortSignal | undefined;
}

/** Evaluations whose scores the GPU keeps until somebody looks. */
export const RING_ROWS = 1024;

/**
 * One image being optimised. Nothing runs by itself: each `submit` queues evaluations, each with its L-BFGS update,
 * and returns at once; `scores` and `result` wait for what was queued before them and hold up nothing queued later.
 * With a line search, whose every move depends on the evaluation before it, `step` takes the place of `submit`.
 */
export class StyleJob {
  private submitted = 0;
  private newest: Scores | undefined;
  private readonly cycle: ProgramCycle;
  /** What the device refused of what was submitted, until somebody waits for it. */
  private refusals: Promise<GpuError | undefined>[] = [];

  private constructor(
    private readonly gpu: Gpu,
    readonly options: StyleOptions,
    /** The image being optimised, [1, 3, H, W]; between evaluations it may lie outside 0..1. */
    readonly x: Tensor,
    readonly evaluation: Program,
    private readonly optimiser: Lbfgs | ImageSearch,
    private readonly ring: Tensor,
    private readonly targets: Targets,
    private readonly disposers: readonly (() => void)[],
  ) {
    this.cycle = new ProgramCycle(gpu, this.programs);
  }

  /**
   * Computes the targets, then records, plans and compiles everything that a run needs.
   *
   * @throws UserError for images too small for the layers; LimitError where the GPU cannot hold the job, or does not
   *   know the precision; the signal's reason.
   */
  static async create(
    gpu: Gpu,
    images: StyleImages,
    filters: VggFilters,
    options: StyleOptions,
    { tune, signal }: JobHooks = {},
  ): Promise<StyleJob> {
    requireDepth('The content image', images.content, [...options.contentLayers, ...options.styleLayers]);
    requireDepth('The style image', images.style, options.styleLayers);
    requirePrecision(gpu, options);
    const disposers: (() => void)[] = [];
    const keep = <T>(value: T, dispose: (value: T) => void): T => {
      disposers.unshift(() => dispose(value));
      return value;
    };
    try {
      const free = (tensor: Tensor) => gpu.free(tensor);
      const x = keep(gpu.tensor('image', images.content.shape), free);
      const ring = keep(gpu.tensor('scores', ringShape(RING_ROWS)), free);
      const targets = keep(allocateTargets(gpu, images, options), (made: Targets) => freeTargets(gpu, made));
      await tune?.((recorder) => void recordObjective(recorder, x, filters, targets, options), { signal });
      signal?.throwIfAborted();
      // They are computed once: not worth a measurement, but to be computed in the same way the next time.
      await tune?.((recorder) => recordTargets(recorder, images, filters, targets, options), {
        budget: 0,
      });
      const recorder = new Recorder(gpu, 'evaluation');
      const { style, content, total, gradient } = recordObjective(recorder, x, filters, targets, options);
      append(recorder, style, content, ring);
      // It needs no memory yet, which the targets' temporaries are to have for themselves first.
      recorder.compile();
      await computeTargets(gpu, filters, images, options, targets);
      await start(gpu, x, images, options);
      signal?.throwIfAborted();
      const evaluation = keep(await recorder.freeze([total, gradient]), (program) => program.dispose());

      const problem = { x, gradient, loss: total };
      const optimiser = keep(
        options.lineSearch === 'strong-wolfe'
          ? await ImageSearch.create(gpu, problem, optimiserOptions(options))
          : await Lbfgs.create(gpu, problem, optimiserOptions(options)),
        (made) => made.dispose(),
      );
      return new StyleJob(gpu, options, x, evaluation, optimiser, ring, targets, disposers);
    } catch (error) {
      for (const dispose of disposers) dispose();
      throw error;
    }
  }

  /** Evaluations queued so far, each with its update. */
  get evaluations(): number {
    return this.submitted;
  }

  /** Bytes of GPU memory that the job holds: all but the filters and the images it was given. */
  get bytes(): number {
    const { content, style } = this.targets;
    const tensors = [this.x, this.ring, ...content.values(), ...style.values()];
    return this.evaluation.bytes + this.optimiserBytes + tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bytes of GPU memory that the optimiser holds, most of them in its history. */
  get optimiserBytes(): number {
    return this.optimiser.bytes;
  }

  /** What an evaluation runs, in order: with a line search, which the host conducts, the optimiser's part is not in it. */
  get programs(): readonly Program[] {
    const { evaluation, optimiser } = this;
    return optimiser instanceof ImageSearch ? [evaluation] : [evaluation, optimiser.update];
  }

  /**
   * One more evaluation with its update, timed dispatch by dispatch, and waited for. With a line search, the evaluation
   * alone.
   *
   * @throws GpuError when the device has no timestamps.
   */
  profile(): Promise<ProfiledStep[]> {
    if (this.cycle.begun) this.submit(1);
    this.submitted++;
    const [evaluation, update] = this.programs;
    return profilePrograms(evaluation!, update);
  }

  /** Queues `count` evaluations, each followed by the optimiser's update; one that was begun in part is ended first. */
  submit(count: number): void {
    this.requireNoSearch();
    for (let i = 0; i < count; i++) this.refusals.push(this.cycle.finish());
    this.submitted += count;
  }

  /**
   * Queues a part of an evaluation with its update, or several of them.
   *
   * @param share how many; less than one for a part. At least one dispatch is queued.
   * @param most no more than so many are ended.
   * @returns how many evaluations are queued whole by it, and what share it really was.
   */
  submitShare(share: number, most: number): { ended: number; share: number } {
    this.requireNoSearch();
    const { refused, ...done } = this.cycle.advance(share, most);
    this.refusals.push(refused);
    this.submitted += done.ended;
    return done;
  }

  /**
   * One step of the line search, of some 20 moves (see LineSearchLbfgs).
   *
   * @param evaluated is given each evaluation's scores and waited for; what it throws ends the step where it is.
   */
  async step(evaluated: (scores: Scores) => void | Promise<void>): Promise<SearchStep> {
    const { optimiser } = this;
    if (!(optimiser instanceof ImageSearch))
      throw new Error('a job without a line search is advanced by submit()');
    return optimiser.step(async () => {
      this.refusals.push(this.evaluation.run());
      this.submitted++;
      const [scores] = await this.scores();
      optimiser.evaluated(scores!.total);
      await evaluated(scores!);
    });
  }

  /** What the optimiser did after the newest evaluations (at most 1024), oldest first; none with a line search. */
  async log(): Promise<LogEntry[]> {
    return this.optimiser instanceof ImageSearch ? [] : (await this.optimiser.report()).entries;
  }

  /**
   * The scores of all evaluations since the last call, in order, once those queued so far are done.
   *
   * @throws GpuError where the device refused any of them, or is lost.
   */
  async scores(): Promise<Scores[]> {
    const refusals = this.refusals.splice(0);
    const [ring, ...errors] = await Promise.all([this.gpu.read(this.ring), ...refusals]);
    const refusal = errors.find((error) => error !== undefined);
    if (refusal) throw refusal;
    const seen = this.newest?.evaluation ?? 0;
    const scores = pairsSince(ring, seen).map(([style, content], i) => ({
      evaluation: seen + 1 + i,
      style,
      content,
      total: style + content,
    }));
    this.newest = scores.at(-1) ?? this.newest;
    return scores;
  }

  /** Of the newest evaluation that `scores` has told. */
  get last(): Scores | undefined {
    return this.newest;
  }

  /** Waits for all that is queued, and reads nothing. */
  async done(): Promise<void> {
    const [, ...errors] = await Promise.all([
      this.gpu.device.queue.onSubmittedWorkDone(),
      ...this.refusals.splice(0),
    ]);
    this.gpu.loss.check('Waiting for the evaluations');
    const refusal = errors.find((error) => error !== undefined);
    if (refusal) throw refusal;
  }

  /**
   * Holds the image as it stands once what is queued by now is done, and is only to be read: the best so far in the
   * robust mode, else the last, whose colours may lie outside 0..1. One tensor before the first evaluation, and perhaps
   * another one after it.
   */
  get standing(): Tensor {
    return this.submitted > 0 ? this.optimiser.best : this.x;
  }

  /**
   * The image as it stands, clamped to 0..1, as a tensor of [1, 3, H, W] for the caller to free: the best so far in
   * the robust mode, else the last.
   */
  async result(): Promise<Tensor> {
    const image = this.gpu.tensor('result', this.x.shape);
    const recorder = new Recorder(this.gpu, 'result');
    copy(recorder, this.standing, image);
    clamp(recorder, image, 0, 1);
    await recorder.runOnce();
    return image;
  }

  private requireNoSearch(): void {
    if (this.optimiser instanceof ImageSearch)
      throw new Error('a job with a line search is advanced by step()');
  }

  /** Frees everything the job made; the filters and the images it was given stay. */
  dispose(): void {
    for (const dispose of this.disposers) dispose();
  }
}

/** @throws UserError for an image too small to reach the deepest of the layers, before anything is compiled for it. */
function requireDepth(image: string, { shape }: Tensor, names: readonly string[]): void {
  if (names.length > 0) layerSizes(layersUpTo(names), shape[2]!, shape[3]!, image);
}

/** @throws LimitError where the device cannot store what is asked for. */
function requirePrecision({ device, facts }: Gpu, { precision }: StyleOptions): void {
  if (precision === 'f32' || device.features.has('shader-f16')) return;
  const adapter = facts.description || facts.device || facts.vendor || 'this GPU';
  throw new LimitError(
    `The precision f16 needs shaders with 16-bit floats (WebGPU's shader-f16), which ${adapter} lacks; use f32 (--precision).`,
  );
}

function optimiserOptions({ history, historyBits, stopRule, clamp }: StyleOptions): LbfgsOptions {
  return {
    history,
    historyBits,
    stopRule,
    mode: clamp === 'robust' ? 'robust' : 'seed',
    ...(clamp === 'none' ? {} : { bounds: { low: 0, high: 1 } }),
  };
}

/** Fills x with what the optimisation starts from. */
async function start(gpu: Gpu, x: Tensor, images: StyleImages, options: StyleOptions): Promise<void> {
  const recorder = new Recorder(gpu, 'start');
  const given = images.start ?? (options.start === 'content' ? images.content : undefined);
  if (given) copy(recorder, given, x);
  else normalNoise(recorder, x, { seed: options.seed });
  // The seed clamps at the start of every evaluation, the first included.
  if (options.clamp !== 'none') clamp(recorder, x, 0, 1);
  await recorder.runOnce();
}
