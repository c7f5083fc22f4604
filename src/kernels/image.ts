import { read, uniform, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/**
 * @file Between the texels of a picture, as files, canvases and textures have them, and planar float32. A packed picture
 * is a tensor [H, words] whose elements are not numbers but 32 bits of a row's texels each; only the two kernels here can
 * read it. A tensor of 32-bit elements carries any bytes unharmed, as WebGPU's copies and typed arrays over one buffer
 * both move bits; `pixelWords` and `pixelBytes` are the two ends of that.
 */

/**
 * How a texel is stored, by WebGPU's names for textures. Those of 8 bits hold what an image file holds, encoded for a
 * screen; the endings -srgb change nothing of that, only how shaders see such a texture. Floats are taken as the numbers
 * that 8 bits would stand for, divided by 255.
 */
export type TexelFormat =
  'rgba8unorm' | 'rgba8unorm-srgb' | 'bgra8unorm' | 'bgra8unorm-srgb' | 'rgba16float' | 'rgba32float';

/** What the shaders call a format, and how many words of 32 bits a texel of it takes. */
const FORMATS: Readonly<Record<TexelFormat, { code: number; words: number }>> = {
  rgba8unorm: { code: 0, words: 1 },
  'rgba8unorm-srgb': { code: 0, words: 1 },
  bgra8unorm: { code: 1, words: 1 },
  'bgra8unorm-srgb': { code: 1, words: 1 },
  rgba16float: { code: 2, words: 2 },
  rgba32float: { code: 3, words: 4 },
};

/** All formats of texels that pictures come and go in. */
export const TEXEL_FORMATS = Object.keys(FORMATS) as readonly TexelFormat[];

/** How many 32-bit words a texel takes. */
export function texelWords(format: TexelFormat): number {
  return FORMATS[format].words;
}

/** RGBA bytes as what `gpu.write` takes for a packed tensor: a view where the bytes are aligned, else a copy. */
export function pixelWords(rgba: Uint8Array | Uint8ClampedArray): Float32Array {
  const bytes = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

/** What `gpu.read` gave for a packed tensor, as RGBA bytes of their own. */
export function pixelBytes(words: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  return new Uint8ClampedArray(words.buffer, words.byteOffset, words.byteLength).slice();
}

/** How packed texels lie. */
export interface UnpackOptions {
  /** Default: 'rgba8unorm'. */
  format?: TexelFormat;
  /** Texels in a row, where a row has more words than they take; default: as many as fit. */
  width?: number;
}

/**
 * Packed [H, words] to float32 [1, 3, H, W]: v/255 as torchvision's `to_tensor` (a float32 division, which WGSL
 * allows an error of 2.5 ulp) or floats as they are, transparent parts laid on white: v·a + (1 − a).
 *
 * @throws ShapeError for another shape, or rows too short.
 */
export function unpackImage(
  recorder: Recorder,
  packed: Tensor,
  { format = 'rgba8unorm', width }: UnpackOptions = {},
): Tensor {
  const { shape } = packed;
  requireShape(shape.length === 2, () => `unpackImage: a packed picture is [H, W], not ${packed}.`);
  const [height, rowWords] = shape as [number, number];
  const { words } = FORMATS[format];
  const across = width ?? Math.floor(rowWords / words);
  requireShape(
    across >= 1 && across * words <= rowWords,
    () =>
      `unpackImage: ${across} texels of ${format} take ${across * words} words, but ${packed} has ${rowWords} a row.`,
  );
  const y = recorder.temporary('image', [1, 3, height, across]);
  recorder.dispatch({
    label: 'unpackImage',
    shader: 'image_unpack',
    bindings: [layout(recorder, height, across, rowWords, format), read(packed), write(y)],
    workgroups: linearGrid(height * across),
  });
  return y;
}

/** How texels are packed. */
export interface PackOptions {
  /** Default: 'rgba8unorm'. */
  format?: TexelFormat;
  /** Rows begin at multiples of so many words, as copies to textures want them; default: 1. */
  alignment?: number;
}

/**
 * Float32 [1, 3, H, W] to packed, opaque [H, words]: floor(255·clamp(x, 0, 1) + ½), as torchvision's `save_image`, or
 * clamp(x, 0, 1) itself as floats. Inverts `unpackImage` exactly on opaque pictures. What becomes of a NaN is up to the adapter.
 *
 * @throws ShapeError for another shape.
 */
export function packImage(
  recorder: Recorder,
  x: Tensor,
  { format = 'rgba8unorm', alignment = 1 }: PackOptions = {},
): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  requireShape(
    x.shape.length === 4 && n === 1 && channels === 3,
    () => `packImage: takes one RGB picture [1, 3, H, W], not ${x}.`,
  );
  const rowWords = Math.ceil((width * FORMATS[format].words) / alignment) * alignment;
  const packed = recorder.temporary('pixels', [height, rowWords]);
  recorder.dispatch({
    label: 'packImage',
    shader: 'image_pack',
    bindings: [layout(recorder, height, width, rowWords, format), read(x), write(packed)],
    workgroups: linearGrid(height * width),
  });
  return packed;
}

/** Numbers and no constants, so that pictures of all sizes and formats share one pipeline. */
function layout(recorder: Recorder, height: number, width: number, rowWords: number, format: TexelFormat) {
  const { code } = FORMATS[format];
  return uniform(recorder.parameters('image.layout', [width, height, rowWords, code]));
}
