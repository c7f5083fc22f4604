import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/**
 * @file Between packed pixels and planar float32. A packed picture is a tensor [H, W] whose elements are not
 * numbers but four bytes each, R, G, B, A in ImageData's order; only the two kernels here can read it. A tensor
 * of 32-bit elements carries any bytes unharmed, as WebGPU's copies and typed arrays over one buffer both move
 * bits; `pixelWords` and `pixelBytes` are the two ends of that.
 */

/** RGBA bytes as what `gpu.write` takes for a packed tensor: a view where the bytes are aligned, else a copy. */
export function pixelWords(rgba: Uint8Array | Uint8ClampedArray): Float32Array {
  const bytes = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

/** What `gpu.read` gave for a packed tensor, as RGBA bytes of their own. */
export function pixelBytes(words: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  return new Uint8ClampedArray(words.buffer, words.byteOffset, words.byteLength).slice();
}

/**
 * Packed [H, W] to float32 [1, 3, H, W]: v/255 as torchvision's `to_tensor` (a float32 division, which WGSL
 * allows an error of 2.5 ulp), transparent parts laid on white: v·a + (1 − a).
 */
export function unpackImage(recorder: Recorder, packed: Tensor): Tensor {
  const { shape } = packed;
  requireShape(shape.length === 2, () => `unpackImage: a packed picture is [H, W], not ${packed}.`);
  const y = recorder.temporary('image', [1, 3, ...shape]);
  recorder.dispatch({
    label: 'unpackImage',
    shader: 'image_unpack',
    constants: { PIXELS: packed.size },
    bindings: [read(packed), write(y)],
    workgroups: linearGrid(packed.size),
  });
  return y;
}

/**
 * Float32 [1, 3, H, W] to packed, opaque [H, W]: floor(255·clamp(x, 0, 1) + ½), as torchvision's `save_image`.
 * Inverts `unpackImage` exactly on opaque pictures. What becomes of a NaN is up to the adapter.
 */
export function packImage(recorder: Recorder, x: Tensor): Tensor {
  const [n, channels, height, width] = x.shape;
  requireShape(
    x.shape.length === 4 && n === 1 && channels === 3,
    () => `packImage: takes one RGB picture [1, 3, H, W], not ${x}.`,
  );
  const packed = recorder.temporary('pixels', [height!, width!]);
  recorder.dispatch({
    label: 'packImage',
    shader: 'image_pack',
    constants: { PIXELS: packed.size },
    bindings: [read(x), write(packed)],
    workgroups: linearGrid(packed.size),
  });
  return packed;
}
