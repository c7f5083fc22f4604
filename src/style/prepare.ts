import { LimitError } from '../gpu/errors.js';
import { megabytes } from '../gpu/format.js';
import type { Gpu } from '../gpu/gpu.js';
import { Recorder } from '../gpu/recorder.js';
import { F32_BYTES, Tensor } from '../gpu/tensor.js';
import type { PlanarImage } from '../image/pixels.js';
import { copy, crop, type CropWindow, resize } from '../kernels/index.js';
import { sameSize, type Size, times } from './sizes.js';

export interface Preparation {
  /** What the whole picture is scaled to, antialiased. */
  size: Size;
  /** What is cut out of it then. */
  window?: CropWindow | undefined;
  /** Caps what is bound in one piece, below the device's own limit. For tests. */
  maxBindingBytes?: number;
}

/** The resize kernel counts in source × target samples of a side. */
const MAX_SAMPLES_PRODUCT = 2 ** 30;

/**
 * A picture on the GPU, scaled and cut: [1, 3, height, width], RGB in 0..1, for the caller to free. A picture too
 * large to be bound goes there in pieces, with the same result to the bit, so that a large photograph can be scaled
 * down on any adapter.
 *
 * @throws LimitError where the result, or the picture at its full height, is too large for this GPU.
 */
export async function prepareImage(
  gpu: Gpu,
  name: string,
  picture: PlanarImage,
  { size, window, maxBindingBytes = Infinity }: Preparation,
): Promise<Tensor> {
  const limit = Math.min(gpu.limits.maxStorageBufferBindingSize, maxBindingBytes);
  const { height, width } = window ?? size;
  const shape = [1, 3, height, width] as const;
  const largest = Math.max(pixels(picture), picture.height * size.width, pixels(size));
  const whole = 3 * F32_BYTES * largest <= limit;
  check(name, picture, size, whole ? 3 : 1, limit);
  const target = gpu.tensor(name, shape);
  try {
    if (whole) {
      const planes = [1, 3, picture.height, picture.width] as const;
      await transform(gpu, { shape: planes, data: picture.data }, size, window, target);
      return target;
    }
    const area = pixels(picture);
    for (let c = 0; c < 3; c++) {
      const plane = picture.data.subarray(c * area, (c + 1) * area);
      const rows = await scaledRows(gpu, plane, picture, size.width, limit);
      const done = await transformed(gpu, [1, 1, picture.height, size.width], rows, size, window);
      gpu.write(new Tensor(target.storage, [done.length], c * done.length * F32_BYTES), done);
    }
    return target;
  } catch (error) {
    gpu.free(target);
    throw error;
  }
}

/** Scales each row of one channel, as many rows at a time as can be bound: [height, width] to [height, to]. */
async function scaledRows(
  gpu: Gpu,
  plane: Float32Array,
  { height, width }: Size,
  to: number,
  limit: number,
): Promise<Float32Array> {
  if (width === to) return plane;
  const atOnce = Math.max(1, Math.floor(limit / (F32_BYTES * Math.max(width, to))));
  const rows = new Float32Array(height * to);
  for (let top = 0; top < height; top += atOnce) {
    const count = Math.min(atOnce, height - top);
    const piece = plane.subarray(top * width, (top + count) * width);
    rows.set(await transformed(gpu, [1, 1, count, width], piece, { width: to, height: count }), top * to);
  }
  return rows;
}

/** Scales and cuts on the GPU what comes from the host and goes back to it. */
async function transformed(
  gpu: Gpu,
  shape: Planes,
  data: Float32Array,
  size: Size,
  window?: CropWindow,
): Promise<Float32Array> {
  if (stays(shape, size, window)) return data;
  const [, channels] = shape;
  const { height, width } = window ?? size;
  const target = gpu.tensor('piece', [1, channels, height, width]);
  try {
    await transform(gpu, { shape, data }, size, window, target);
    return await gpu.read(target);
  } finally {
    gpu.free(target);
  }
}

/** Scales and cuts on the GPU what comes from the host, into a tensor of the shape that comes out. */
async function transform(
  gpu: Gpu,
  { shape, data }: { shape: Planes; data: Float32Array },
  size: Size,
  window: CropWindow | undefined,
  target: Tensor,
): Promise<void> {
  if (stays(shape, size, window)) {
    gpu.write(target, data);
    return;
  }
  const recorder = new Recorder(gpu, 'prepare');
  const source = gpu.tensor('picture', shape, data);
  try {
    const scaled = resize(recorder, source, size.height, size.width);
    copy(recorder, isAll(window, size) ? scaled : crop(recorder, scaled, window!), target);
    await recorder.runOnce();
  } finally {
    gpu.free(source);
  }
}

/** [N, C, H, W] */
type Planes = readonly [number, number, number, number];

/** Whether there is nothing to do. */
function stays([, , height, width]: Planes, size: Size, window: CropWindow | undefined): boolean {
  return sameSize({ width, height }, size) && isAll(window, size);
}

function isAll(window: CropWindow | undefined, size: Size): boolean {
  return window === undefined || sameSize(window, size);
}

/** @throws LimitError where `channels` of the picture at one of the sizes on its way cannot be bound. */
function check(name: string, from: Size, to: Size, channels: number, limit: number): void {
  const refuse = (why: string): never => {
    throw new LimitError(
      `${name} cannot be brought from ${times(from)} to ${times(to)} pixels: ${why}; choose a smaller size (--size) ` +
        'or scale the picture down first.',
    );
  };
  const needed = F32_BYTES * Math.max(channels * from.height * to.width, 3 * pixels(to));
  if (needed > limit) {
    refuse(`that needs ${megabytes(needed)} in one piece, and this GPU binds at most ${megabytes(limit)}`);
  }
  for (const side of ['width', 'height'] as const) {
    const [a, b] = [from[side], to[side]];
    if (a !== b && a * b + Math.max(a, b) >= MAX_SAMPLES_PRODUCT) refuse(`its ${side} is too long for that`);
  }
}

function pixels({ width, height }: Size): number {
  return width * height;
}
