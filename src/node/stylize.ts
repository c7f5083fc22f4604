import type { UserError } from '../errors.js';
import { Gpu } from '../gpu/gpu.js';
import type { Tensor } from '../gpu/tensor.js';
import { sideBySide } from '../image/montage.js';
import { fromPlanar, type PlanarImage, type Pixels8, toPlanar } from '../image/pixels.js';
import { type Scores, StyleJob } from '../style/job.js';
import type { StyleOptions } from '../style/options.js';
import type { ProfiledStep } from '../style/profile.js';
import { runJob, type RunOutcome } from '../style/run.js';
import type { Size } from '../style/sizes.js';
import { layersUpTo } from '../vgg/layers.js';
import { VggFilters } from '../vgg/network.js';
import { choosePreprocessing } from '../vgg/preprocessing.js';
import type { TransferProgress } from '../vgg/remote/index.js';
import { loadVggWeights, type WeightSource } from '../vgg/weights.js';
import { openDawn } from './dawn.js';
import { type ChosenWeights, openChoice } from './filters.js';
import { readImage, writeImage } from './image-files.js';
import { onceEach } from './once-each.js';
import { assertProfilable, writeProfile } from './profile-file.js';
import { type Pictures, preparePictures } from './stylize-pictures.js';
import { checkFiles, checkRequest, type StylizeRequest } from './stylize-request.js';
import { TraceFile } from './trace-file.js';
import { Tuning } from './tuning.js';

export type { StylizeRequest } from './stylize-request.js';

/** What a caller is told of a job on files, and how it stops one. */
export interface StylizeHooks {
  /** Is given one sentence for each thing done that the user may not expect. */
  onNotice?: (sentence: string) => void;
  /** Called when all is set up and the first evaluation begins. */
  onStart?: () => void;
  /** Is given the scores of each evaluation. */
  onScores?: (scores: readonly Scores[]) => void;
  /** Called while weights are fetched, and without a progress when they are there. */
  onFetch?: (progress?: TransferProgress) => void;
  signal?: AbortSignal;
}

/** What became of a job on files. */
export interface StylizeOutcome extends RunOutcome {
  /** Of the result. */
  size: Size;
  /** Bytes of GPU memory: the most held at any time, and the optimiser's. */
  memory: { peak: number; optimiser: number };
  /** Where one was asked for. */
  profile?: readonly ProfiledStep[];
  /** Why scores are missing in the trace, where they are: the picture is written all the same. */
  untraced?: UserError;
}

/**
 * Files in, files out: reads two pictures, paints one in the style of the other, and writes the result, at the end
 * only and whole. A run that is aborted writes the picture as it stands, unless it has none yet (no `last`).
 *
 * @throws UserError before anything is computed for what cannot be read, written or done; DivergedError; the reason of
 *   `signal` if it is aborted while weights are fetched or the job is made
 */
export async function stylizeFiles(given: StylizeRequest, hooks: StylizeHooks = {}): Promise<StylizeOutcome> {
  const request = checkRequest(given);
  await checkFiles(request);
  const weights = await openNetwork(request, hooks);
  hooks.onFetch?.();
  try {
    return await stylizeWith(weights.source, request, hooks);
  } finally {
    await weights.close();
  }
}

/** Before anything else that takes time: what has to be fetched may be nowhere. */
function openNetwork({ weights, options }: StylizeRequest, hooks: StylizeHooks): Promise<ChosenWeights> {
  const { onFetch: onProgress, onNotice, signal } = hooks;
  return openChoice(weights, layersOf(options), {
    ...(onProgress ? { onProgress } : {}),
    ...(onNotice ? { onNotice } : {}),
    ...(signal ? { signal } : {}),
  });
}

async function stylizeWith(
  weights: WeightSource,
  request: StylizeRequest,
  hooks: StylizeHooks,
): Promise<StylizeOutcome> {
  const read = async (path: string) => toPlanar(await readImage(path, notices(hooks)));
  const content = await read(request.content);
  const style = await read(request.style);
  const start = request.start === undefined ? undefined : await read(request.start);

  const dawn = await openDawn({ adapter: request.adapter });
  let gpu: Gpu | undefined;
  try {
    gpu = await Gpu.request(dawn.gpu);
    if (request.profile !== undefined) assertProfilable(gpu);
    const tuning = await Tuning.open(gpu, { onNotice: onceEach(hooks.onNotice) });
    return await stylize(gpu, tuning, weights, request, { content, style, start }, hooks);
  } finally {
    gpu?.dispose();
    dawn.close();
  }
}

async function stylize(
  gpu: Gpu,
  tuning: Tuning,
  weights: WeightSource,
  request: StylizeRequest,
  pictures: Pictures<PlanarImage>,
  hooks: StylizeHooks,
): Promise<StylizeOutcome> {
  const { options } = request;
  const images = await preparePictures(gpu, request, pictures, hooks.onNotice);
  const layers = layersUpTo(layersOf(options));
  const preprocessing = choosePreprocessing(request.preprocessing ?? 'auto', weights);
  const filters = VggFilters.upload(gpu, await loadVggWeights(weights, layers), preprocessing);
  const job = await StyleJob.create(gpu, images, filters, options, {
    tune: (record, how) => tuning.tune(record, how),
    signal: hooks.signal,
  });
  const [, , height, width] = job.x.shape as [number, number, number, number];
  const begin = request.preview === undefined ? undefined : await pixelsOf(gpu, job.x);
  const outcome = await run(job, request.trace, hooks);
  if (outcome.last !== undefined) {
    const result = await pixelsOf(gpu, await job.result());
    await writeImage(request.output, result, quality(request));
    if (request.preview !== undefined && begin) {
      const panels = [
        { caption: 'Content', pixels: await pixelsOf(gpu, images.content) },
        { caption: 'Style', pixels: await pixelsOf(gpu, images.style) },
        { caption: 'Start', pixels: begin },
        { caption: 'Result', pixels: result },
      ];
      await writeImage(request.preview, sideBySide(panels), quality(request));
    }
  }
  const memory = { peak: gpu.memory.peakBytes, optimiser: job.optimiserBytes };
  const done = { ...outcome, size: { width, height }, memory };
  // After the picture is safe, and only of a run that was let to its end.
  if (request.profile === undefined || outcome.end === 'aborted') return done;
  return { ...done, profile: await writeProfile(request.profile, job, gpu) };
}

async function run(
  job: StyleJob,
  trace: string | undefined,
  hooks: StylizeHooks,
): Promise<RunOutcome & Pick<StylizeOutcome, 'untraced'>> {
  const file = trace === undefined ? undefined : new TraceFile(trace);
  const onScores = async (scores: readonly Scores[]) => {
    await file?.write(scores);
    hooks.onScores?.(scores);
  };
  let outcome: RunOutcome;
  try {
    hooks.onStart?.();
    outcome = await runJob(job, { onScores, ...(hooks.signal ? { signal: hooks.signal } : {}) });
  } finally {
    await file?.close();
  }
  return { ...outcome, ...(file?.failure ? { untraced: file.failure } : {}) };
}

function layersOf({ contentLayers, styleLayers }: StyleOptions): string[] {
  return [...contentLayers, ...styleLayers];
}

/** A picture [1, 3, H, W] as bytes, clamped to 0..1. */
async function pixelsOf(gpu: Gpu, tensor: Tensor): Promise<Pixels8> {
  const [, , height, width] = tensor.shape as [number, number, number, number];
  return fromPlanar({ width, height, channels: 3, data: await gpu.read(tensor) });
}

function notices({ onNotice }: StylizeHooks) {
  return onNotice ? { notices: onNotice } : {};
}

function quality({ quality }: StylizeRequest) {
  return quality === undefined ? {} : { quality };
}
