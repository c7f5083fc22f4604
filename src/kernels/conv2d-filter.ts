import type { Tensor } from '../gpu/tensor.js';
import type { Conv2dGeometry } from './conv2d-geometry.js';

/**
 * What a 3×3, stride 1, pad 1 convolution shader works off. The gradient to the input of such a convolution is one
 * as well, with the channels exchanged and the taps in reverse: `adjoint` weights, arranged so when they are packed.
 */
export interface Filter3x3 {
  weights: Tensor;
  bias?: Tensor | undefined;
  adjoint: boolean;
  batch: number;
  inputChannels: number;
  outputChannels: number;
  height: number;
  width: number;
}

/** One such convolution to be recorded. */
export interface Conv3x3 {
  label: string;
  x: Tensor;
  filter: Filter3x3;
  y: Tensor;
  /** Whether to add to what y holds. */
  accumulate: boolean;
  /** Whether x passes through max(0, ·) first; for variants that conv2d.ts lists as fusing. */
  rectify?: boolean | undefined;
  /** Of y's shape: what is computed counts only where this is positive; for those variants likewise. */
  gate?: Tensor | undefined;
  flops: number;
}

export function forwardFilter(g: Conv2dGeometry, weights: Tensor, bias?: Tensor): Filter3x3 {
  const { batch, inputChannels, outputChannels, inputHeight: height, inputWidth: width } = g;
  return { weights, bias, adjoint: false, batch, inputChannels, outputChannels, height, width };
}

export function adjointFilter(g: Conv2dGeometry, weights: Tensor): Filter3x3 {
  const { batch, inputHeight: height, inputWidth: width } = g;
  return {
    weights,
    adjoint: true,
    batch,
    inputChannels: g.outputChannels,
    outputChannels: g.inputChannels,
    height,
    width,
  };
}
