import type { DType } from '../gpu/wgsl-types.js';
import type { Conv2dGeometry } from './conv2d-geometry.js';

// What a measured choice between variants is remembered by: all numbers that a variant's speed depends on, as text.
// Where VGG has one value only (3×3, stride 1, pad 1, one image), it goes unsaid.

/**
 * A convolution, or one of its gradients, by the sizes of the convolution: '64→128 @ 64×64', channels and input, and
 * whether its input is rectified on the way, or any of its maps stored as halves.
 */
export function conv2dShape(g: Conv2dGeometry, rectify = false, stored: DType = 'f32'): string {
  const { batch, inputChannels, outputChannels, inputHeight, inputWidth, strideY, strideX } = g;
  const { top, bottom, left, right } = g.padding;
  const sizes = `${inputChannels}→${outputChannels} @ ${inputHeight}×${inputWidth}`;
  const usual =
    [g.kernelHeight, g.kernelWidth].every((side) => side === 3) &&
    [strideY, strideX, top, bottom, left, right].every((step) => step === 1);
  const rest = usual
    ? ''
    : `, ${g.kernelHeight}×${g.kernelWidth}, stride ${strideY}×${strideX}, pad ${[top, bottom, left, right].join(' ')}`;
  return `${sizes}${rest}${rectify ? ', rectified' : ''}${halves(stored)}${images(batch)}`;
}

/** A Gram matrix of `maps` feature maps of `places` pixels each: '64 @ 16384'. */
export function gramShape(maps: number, places: number, stored: DType = 'f32'): string {
  return `${maps} @ ${places}${halves(stored)}`;
}

/** Feature maps [N, C, H, W]: '64 @ 128×128'. */
export function mapsShape(
  [batch, channels, height, width]: readonly [number, number, number, number],
  stored: DType = 'f32',
): string {
  return `${channels} @ ${height}×${width}${halves(stored)}${images(batch)}`;
}

/** A word without digits, for those are taken for sizes. */
function halves(stored: DType): string {
  return stored === 'f16' ? ', halves' : '';
}

function images(batch: number): string {
  return batch === 1 ? '' : `, ${batch} images`;
}
