import { kindOf, shown } from '../checks.js';

/**
 * Pictures on the CPU, in the two shapes the program knows: interleaved RGBA as files and canvases have it, and
 * planar float32 as the network has it.
 */

/**
 * Interleaved RGBA, rows from the top, alpha not premultiplied. Samples are 0..255, or 0..65535 where `data` is
 * a Uint16Array. A browser's `ImageData` is one as it stands.
 */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;
}

/** Pixels of 8 bits a sample: what encoders and canvases take. */
export interface Pixels8 extends Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** One RGB picture in NCHW order (N = 1, C = 3): all red, then all green, then all blue, each sample 0..1. */
export interface PlanarImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
  readonly data: Float32Array<ArrayBuffer>;
}

/** What samples may lie in: of other numbers nobody knows which one is white. */
const SAMPLES = ['Uint8ClampedArray', 'Uint8Array', 'Uint16Array'];

/** What makes this no size of a picture, as `pictureFault` tells it. */
export function sizeFault({ width, height }: Pick<Pixels, 'width' | 'height'>): string | undefined {
  if ([width, height].every((side) => Number.isSafeInteger(side) && side > 0)) return undefined;
  return `has no size: ${shown(width)}×${shown(height)}; give a picture of whole pixels, at least one.`;
}

/**
 * What makes this no picture, to stand after its name in a sentence and with what to do; undefined where it is one. Callers
 * in JavaScript may give anything.
 */
export function pictureFault({ width, height, data }: Pixels): string | undefined {
  const fault = sizeFault({ width, height });
  if (fault !== undefined) return fault;
  if (!SAMPLES.includes(kindOf(data)))
    return `has ${shown(data)} for its samples; give RGBA in a Uint8ClampedArray, a Uint8Array or, of 16 bits, a Uint16Array.`;
  const samples = 4 * width * height;
  if (data.length === samples) return undefined;
  return (
    `has ${data.length} samples, but ${width}×${height} pixels of RGBA are ${samples}; give all four channels of each ` +
    'pixel.'
  );
}

/** Whether its samples have 16 bits, in whatever realm it was made. */
function isDeep(pixels: Pixels): boolean {
  return kindOf(pixels.data) === 'Uint16Array';
}

/** The largest sample of this picture: 65535 for 16 bits, else 255. */
function maxSample(pixels: Pixels): 255 | 65535 {
  return isDeep(pixels) ? 65535 : 255;
}

/** Whether any pixel is less than fully opaque. */
export function hasTransparency({ data, ...rest }: Pixels): boolean {
  const opaque = maxSample({ data, ...rest });
  for (let i = 3; i < data.length; i += 4) if (data[i] !== opaque) return true;
  return false;
}

/** The picture laid on white, fully opaque, at the precision it has. An opaque picture comes back as it is. */
export function onWhite(pixels: Pixels): Pixels {
  assertComplete(pixels);
  if (!hasTransparency(pixels)) return pixels;
  const max = maxSample(pixels);
  const data = pixels.data.slice();
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / max;
    for (let c = i; c < i + 3; c++) data[c] = Math.round(data[c]! * alpha + max * (1 - alpha));
    data[i + 3] = max;
  }
  return { width: pixels.width, height: pixels.height, data };
}

/** The picture at 8 bits a sample, rounded to nearest: 65535 = 255 × 257, so 257 steps become one. */
export function toEightBits(pixels: Pixels): Pixels8 {
  assertComplete(pixels);
  const data = new Uint8ClampedArray(pixels.data.length);
  if (isDeep(pixels)) {
    for (let i = 0; i < data.length; i++) data[i] = Math.round(pixels.data[i]! / 257);
  } else {
    data.set(pixels.data);
  }
  return { width: pixels.width, height: pixels.height, data };
}

/**
 * RGBA to planar float32: v/255 (v/65535 for 16 bits) as torchvision's `to_tensor`, with what is transparent
 * laid on white.
 *
 * @throws RangeError if `data` does not hold width × height × 4 samples, or holds numbers of another type
 */
export function toPlanar(pixels: Pixels): PlanarImage {
  assertComplete(pixels);
  const { width, height, data } = pixels;
  const max = maxSample(pixels);
  const area = width * height;
  const planar = new Float32Array(3 * area);
  for (let p = 0; p < area; p++) {
    const alpha = data[4 * p + 3]!;
    for (let c = 0; c < 3; c++) {
      const value = data[4 * p + c]! / max;
      planar[c * area + p] = alpha === max ? value : (value * alpha) / max + (1 - alpha / max);
    }
  }
  return { width, height, channels: 3, data: planar };
}

/**
 * Planar float32 to opaque RGBA bytes, clamped to 0..1: floor(255·x + ½) in float32 arithmetic, step for step
 * what torchvision's `save_image` does, so that the same tensor gives the same bytes.
 *
 * @throws RangeError if `data` does not hold 3 × height × width samples, or holds a NaN
 */
export function fromPlanar(image: Omit<PlanarImage, 'data'> & { readonly data: Float32Array }): Pixels8 {
  const { width, height, data } = image;
  const area = width * height;
  if (data.length !== 3 * area) {
    throw new RangeError(`a planar ${width}×${height} image has ${3 * area} samples, not ${data.length}`);
  }
  const rgba = new Uint8ClampedArray(4 * area).fill(255);
  for (let c = 0; c < 3; c++) {
    for (let p = 0; p < area; p++) {
      const value = data[c * area + p]!;
      if (Number.isNaN(value)) {
        throw new RangeError(`sample ${p % width},${Math.floor(p / width)} of channel ${c} is not a number`);
      }
      const clamped = Math.min(Math.max(value, 0), 1);
      rgba[4 * p + c] = Math.floor(Math.fround(Math.fround(clamped * 255) + 0.5));
    }
  }
  return { width, height, data: rgba };
}

function assertComplete(pixels: Pixels): void {
  const fault = pictureFault(pixels);
  if (fault !== undefined) throw new RangeError(`The picture ${fault}`);
}
