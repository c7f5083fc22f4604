import { requireObject, shown } from '../checks.js';
import { UserError } from '../errors.js';
import { type DeviceLostError, disposedError } from '../gpu/errors.js';
import { Gpu } from '../gpu/gpu.js';
import { guard } from '../gpu/guard.js';
import type { Tensor } from '../gpu/tensor.js';
import type { Measured } from '../gpu/tuning/rank.js';
import { rankVariants, tuneRecording } from '../gpu/tuning/tune.js';
import { type JobHooks, StyleJob } from '../style/job.js';
import { DEFAULTS, type PresetName, resolveStyleOptions, type StyleOptions } from '../style/options.js';
import { planSizes, requireProportions } from '../style/sizes.js';
import { VggFilters } from '../vgg/network.js';
import { layersUpTo, requireLayers } from '../vgg/layers.js';
import { choosePreprocessing, type PreprocessingChoice } from '../vgg/preprocessing.js';
import { loadVggWeights, type WeightSource } from '../vgg/weights.js';
import { Job } from './job.js';
import { checkPicture, importPicture, type Picture, sizeOf } from './pictures.js';
import { openWeightsFrom, type WeightsInput } from './weights-input.js';

/** Whether an engine can go on: 'lost' is its device, with all that was on it. */
export type EngineState = 'ready' | 'lost' | 'disposed';

/** How kernels' variants are chosen by measuring them before a job begins that has shapes not measured yet. */
export interface TuningOptions {
  /** Milliseconds to spend on a job at most; default: 4000. */
  readonly budget?: number;
  /** What an earlier engine on such a device measured. */
  readonly known?: readonly Measured[];
  /** Is given all that is known whenever more is, to be kept for the next engine. It is plain data, as JSON can hold. */
  readonly onMeasured?: (measured: readonly Measured[]) => void;
}

/** Where an engine's device comes from, and how its kernels are chosen. */
export interface EngineOptions {
  /** A device of the caller's: it is used within the limits that it was made with, and never destroyed. */
  readonly device?: GPUDevice;
  /** Where to request a device if none is given; default: `navigator.gpu`. */
  readonly gpu?: GPU;
  /** How to request an adapter then. */
  readonly adapter?: GPURequestAdapterOptions;
  /** Default: measure on a device of the engine's own, and not on a caller's, which may have frames to draw. */
  readonly tuning?: false | TuningOptions;
}

/** What to paint, and how; what is left out is as in the seed's program with its clamp made robust (`DEFAULTS`). */
export interface StylizeRequest extends Partial<Omit<StyleOptions, 'start'>> {
  /** Whose shapes are to be seen. The result has its size. */
  readonly content: Picture;
  /** Whose palette and strokes are to be seen; of any size. */
  readonly style: Picture;
  /** What to start from: the content, noise drawn from `seed`, or another picture of the content's proportions. */
  readonly start?: StyleOptions['start'] | Picture;
  readonly filters: VggFilters;
  /** A named set of options, below those given here. 'seed' wants both pictures of one size. */
  readonly preset?: PresetName;
  /** Scales the shorter side of both pictures to so many pixels, antialiased; left out, both keep their size. */
  readonly size?: number;
  /** Aborts the preparation, and later the job. */
  readonly signal?: AbortSignal;
}

/**
 * Makes an engine on the caller's device, or on one of its own.
 *
 * @throws UserError where there is no WebGPU, and for options that are none; GpuError where no device can be had;
 *   DeviceLostError for one that is lost.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  requireObject('What createEngine was given', options, 'an object, such as { device }, or nothing');
  const { device, adapter, tuning = device ? false : {} } = options;
  if (tuning !== false)
    requireObject('What stands for tuning', tuning, 'false, or an object with budget, known or onMeasured');
  const gpu = device ? await adopt(device) : await Gpu.request(entryPoint(options), adapter);
  if (tuning === false) return new Engine(gpu);
  const { known = [], budget, onMeasured } = tuning;
  rankVariants(gpu.variants, known);
  let measured = known;
  return new Engine(gpu, async (record, how) => {
    const fresh = await tuneRecording(gpu, record, { ...(budget === undefined ? {} : { budget }), ...how });
    if (fresh.length === 0) return;
    measured = [...measured, ...fresh];
    onMeasured?.(measured);
  });
}

async function adopt(device: GPUDevice): Promise<Gpu> {
  requireObject('The device', device, 'a GPUDevice, which adapter.requestDevice() resolves to');
  const gpu = Gpu.adopt(device);
  // The news that a device is lost comes with whatever is next heard of it, and not before.
  await guard(device, 'Making an engine', () => undefined).refused;
  return gpu;
}

/** @throws UserError for what cannot be asked whether it is aborted. */
function requireSignal(signal: AbortSignal | undefined): void {
  if (signal && typeof signal.throwIfAborted !== 'function')
    throw new UserError(
      `The signal is ${shown(signal)}; give an AbortSignal, as \`new AbortController()\` has one.`,
    );
}

function entryPoint({ gpu }: EngineOptions): GPU {
  // The one global that is ever looked at, and only where the caller gives neither a device nor an entry point.
  const found = gpu ?? (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (typeof found?.requestAdapter === 'function') return found;
  if (gpu)
    throw new UserError(
      `What stands for gpu is ${shown(gpu)} without requestAdapter; give navigator.gpu, or in Node what create([]) of ` +
        'the package webgpu returns.',
    );
  throw new UserError(
    'There is no WebGPU here; use a browser that has it (and a page served over https or from localhost), or give ' +
      'createEngine a device.',
  );
}

/** Paints pictures on one WebGPU device. Jobs run side by side and share pipelines and filters. */
export class Engine {
  private readonly jobs = new Set<Job>();
  private disposed = false;

  /**
   * Most callers use `createEngine`.
   *
   * @param gpu freed with the engine.
   * @param tune chooses the kernels' variants by measuring them.
   */
  constructor(
    /** The layer below: tensors, programs, memory (`gpu.memory`), facts of the adapter (`gpu.facts`). */
    readonly gpu: Gpu,
    private readonly tune?: JobHooks['tune'],
  ) {
    gpu.loss.check('Making an engine');
  }

  get device(): GPUDevice {
    return this.gpu.device;
  }

  get state(): EngineState {
    if (this.disposed) return 'disposed';
    return this.gpu.loss.happened ? 'lost' : 'ready';
  }

  /** Resolves when the device is lost, also where somebody destroys it; never rejects. */
  get lost(): Promise<DeviceLostError> {
    return this.gpu.loss.promise;
  }

  /**
   * Puts filters of VGG-19 on the GPU, as deep as `layers` need and no deeper, for any number of jobs.
   *
   * @param source the bytes of a file as `openWeights` reads it (safetensors, or torchvision's .pth), a Blob of such a
   *   file, of which only what is needed is read, or an opened source, as `fetchVgg19` gives one.
   * @param options layers: in either scheme of names; default: those of the default objective. name: what errors call
   *   the source. preprocessing: what to do to pictures first; default: what the source says.
   * @throws UserError where the source does not hold what is needed; GpuError
   */
  async loadFilters(
    source: WeightsInput | WeightSource,
    options: {
      readonly layers?: readonly string[];
      readonly name?: string;
      readonly preprocessing?: PreprocessingChoice;
    } = {},
  ): Promise<VggFilters> {
    this.requireReady('Loading filters');
    const { layers = [...DEFAULTS.contentLayers, ...DEFAULTS.styleLayers], name, preprocessing } = options;
    requireLayers('layers', layers);
    const wanted = layersUpTo(layers);
    const opened = await openWeightsFrom(source, name);
    const chosen = choosePreprocessing(preprocessing ?? 'auto', opened);
    const weights = await loadVggWeights(opened, wanted);
    this.requireReady('Loading filters');
    return VggFilters.upload(this.gpu, weights, chosen);
  }

  /**
   * Prepares a picture to be painted: targets, pipelines, memory. Nothing is compiled or allocated afterwards.
   *
   * @throws UserError for pictures, options or filters that do not go together; LimitError where the device cannot do it,
   *   with what would be needed; GpuError, after which all that was made has been freed, also where the engine is disposed
   *   of meanwhile; the signal's reason.
   */
  async stylize(request: StylizeRequest): Promise<Job> {
    const operation = 'Preparing a picture';
    this.requireReady(operation);
    requireObject('The request', request, 'one with content, style and filters');
    const { content, style, start, filters, preset, size, signal, ...rest } = request;
    requireSignal(signal);
    signal?.throwIfAborted();
    const given = typeof start === 'object' ? start : undefined;
    const options = resolveStyleOptions({ ...rest, ...(typeof start === 'object' ? {} : { start }) }, preset);
    checkPicture('The content picture', content);
    checkPicture('The style picture', style);
    if (given !== undefined) checkPicture('The picture to start from', given);
    VggFilters.requireFor(this.gpu, [...options.contentLayers, ...options.styleLayers], filters);
    const plan = planSizes(sizeOf(content), sizeOf(style), {
      size,
      most: Infinity,
      crop: false,
      equal: preset === 'seed',
    });
    if (given) requireProportions('The picture to start from', sizeOf(given), plan.content);

    const images: Tensor[] = [];
    const bring = async (name: string, picture: Picture, to: { width: number; height: number }) => {
      const tensor = await importPicture(this.gpu, name, picture, to);
      images.push(tensor);
      signal?.throwIfAborted();
      return tensor;
    };
    let made: StyleJob | undefined;
    try {
      const pictures = {
        content: await bring('The content picture', content, plan.content),
        style: await bring('The style picture', style, plan.style),
        start: given && (await bring('The picture to start from', given, plan.content)),
      };
      made = await StyleJob.create(this.gpu, pictures, filters, options, {
        ...(this.tune ? { tune: this.tune } : {}),
        signal,
      });
      const job = await Job.create(this.gpu, made, signal, (ended) => this.jobs.delete(ended));
      this.requireReady(operation);
      signal?.throwIfAborted();
      this.jobs.add(job);
      return job;
    } catch (error) {
      made?.dispose();
      // What was under way then fails in ways of its own.
      if (this.disposed) throw disposedError(operation);
      throw error;
    } finally {
      for (const image of images) this.gpu.free(image);
    }
  }

  /** Frees all that the engine made, jobs and filters included. A device of the caller's stays as it was. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const job of [...this.jobs]) job.dispose();
    this.gpu.dispose();
  }

  /** @throws GpuError naming the operation where the engine cannot go on. */
  protected requireReady(operation: string): void {
    this.gpu.check(operation);
  }
}
