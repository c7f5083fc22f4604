import type { Gpu } from '../gpu/gpu.js';
import type { Tensor } from '../gpu/tensor.js';
import { cropOrigin } from '../image/crop-window.js';
import type { PlanarImage } from '../image/pixels.js';
import { seededDraws } from '../style/draw.js';
import { prepareImage } from '../style/prepare.js';
import { planSizes, requireProportions, sameSize, type Size, type SizePlan } from '../style/sizes.js';
import type { StylizeRequest } from './stylize-request.js';

/** The shorter side in pixels that a picture may keep where no size is asked for. */
const MOST_ON_GPU = 512;
const MOST_ON_SOFTWARE = 128;

/** The pictures that a job begins with, in one form or another. */
export interface Pictures<T> {
  content: T;
  style: T;
  start: T | undefined;
}

/**
 * Scales and cuts the pictures as the request says, and puts them on the GPU.
 *
 * @param onNotice is told where pictures are made smaller unasked.
 * @throws UserError for sizes that do not go together; LimitError for pictures too large for this GPU.
 */
export async function preparePictures(
  gpu: Gpu,
  request: StylizeRequest,
  pictures: Pictures<PlanarImage>,
  onNotice?: (sentence: string) => void,
): Promise<Pictures<Tensor>> {
  const { size, crop, options, preset } = request;
  const most = gpu.facts.software ? MOST_ON_SOFTWARE : MOST_ON_GPU;
  const plan = planSizes(pictures.content, pictures.style, {
    size,
    most,
    crop: crop !== undefined,
    equal: preset === 'seed',
  });
  if (size === undefined) {
    const sentence = tellScaling(request, pictures, plan, most, gpu.facts.software);
    if (sentence !== undefined) onNotice?.(sentence);
  }

  const draw = seededDraws(options.seed);
  const { square } = plan;
  const windowOf = (picture: Size) => {
    if (crop === undefined || square === undefined) return undefined;
    const window = { width: square, height: square };
    return { ...window, ...cropOrigin(picture, window, crop, draw) };
  };
  const put = (name: 'content' | 'style') =>
    prepareImage(gpu, request[name], pictures[name], { size: plan[name], window: windowOf(plan[name]) });
  // Both at once; random windows are drawn before anything is waited for, in this order.
  const [content, style] = await Promise.all([put('content'), put('style')]);
  const [, , height, width] = content.shape as [number, number, number, number];
  let start: Tensor | undefined;
  if (pictures.start && request.start !== undefined) {
    requireProportions(request.start, pictures.start, { width, height });
    start = await prepareImage(gpu, request.start, pictures.start, { size: { width, height } });
  }
  return { content, style, start };
}

function tellScaling(
  request: StylizeRequest,
  pictures: Pictures<Size>,
  plan: SizePlan,
  most: number,
  software: boolean,
): string | undefined {
  const scaled = (['content', 'style'] as const).filter((name) => !sameSize(pictures[name], plan[name]));
  if (scaled.length === 0) return undefined;
  const names = scaled.map((name) => request[name]).join(' and ');
  const verb = scaled.length === 1 ? 'is' : 'are';
  const side = plan.square ?? most;
  const why = software && side === most ? ', for want of a GPU' : '';
  return `${names} ${verb} scaled to ${side} pixels on the shorter side${why}; choose another size with --size.`;
}
