import { requireShape } from '../gpu/errors.js';
import type { Shape, Tensor } from '../gpu/tensor.js';
import type { AdapterFacts } from '../gpu/facts.js';
import type { DType } from '../gpu/wgsl-types.js';
import { ceilDiv } from '../gpu/workgroups.js';
import { MOST_STRIP_BYTES, WINOGRAD_TILE, winogradRowBytes } from './conv2d-winograd-tiles.js';

/** Zero padding on each side, in pixels. */
export interface Padding {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** Of a two-dimensional convolution. */
export interface Conv2dOptions {
  /** Step between outputs: one number, or [vertical, horizontal]; 1 by default. */
  stride?: number | readonly [number, number];
  /** Zeros around the input: one number for all sides, or each side's own; 0 by default. */
  padding?: number | Padding;
  /** Whether the input passes through max(0, ·) first, as ReLU's output would; false by default. */
  rectify?: boolean;
  /** How the output is stored; 'f32' by default. Sums are of float32 in either case. */
  output?: DType;
}

/** All sizes of one convolution, checked. */
export interface Conv2dGeometry {
  batch: number;
  inputChannels: number;
  inputHeight: number;
  inputWidth: number;
  outputChannels: number;
  outputHeight: number;
  outputWidth: number;
  kernelHeight: number;
  kernelWidth: number;
  strideY: number;
  strideX: number;
  padding: Padding;
}

/**
 * The geometry of torch.nn.functional.conv2d on an input [N, C, H, W] with weights [O, C, kH, kW]:
 * out = ⌊(in + pads − kernel) / stride⌋ + 1 along each axis.
 *
 * @throws ShapeError when the shapes do not fit each other or nothing would come out.
 */
export function conv2dGeometry(input: Shape, weights: Tensor, options: Conv2dOptions = {}): Conv2dGeometry {
  requireShape(
    input.length === 4,
    () => `conv2d: the input must be [N, C, H, W], not [${input.join(', ')}].`,
  );
  requireShape(
    weights.shape.length === 4,
    () => `conv2d: the weights must be [O, C, kH, kW], not ${weights}.`,
  );
  const [batch, inputChannels, inputHeight, inputWidth] = input as [number, number, number, number];
  const [outputChannels, channels, kernelHeight, kernelWidth] = weights.shape as [
    number,
    number,
    number,
    number,
  ];
  requireShape(
    channels === inputChannels,
    () => `conv2d: ${weights} takes ${channels} channels, but the input has ${inputChannels}.`,
  );
  const { stride = 1, padding: pad = 0 } = options;
  const [strideY, strideX] = typeof stride === 'number' ? [stride, stride] : stride;
  const padding = typeof pad === 'number' ? { top: pad, bottom: pad, left: pad, right: pad } : pad;
  requireShape(
    [strideY, strideX].every((s) => Number.isInteger(s) && s >= 1) &&
      Object.values(padding).every((p: number) => Number.isInteger(p) && p >= 0),
    () => 'conv2d: strides must be whole numbers ≥ 1 and paddings whole numbers ≥ 0.',
  );
  const outputHeight = Math.floor((inputHeight + padding.top + padding.bottom - kernelHeight) / strideY) + 1;
  const outputWidth = Math.floor((inputWidth + padding.left + padding.right - kernelWidth) / strideX) + 1;
  requireShape(
    outputHeight >= 1 && outputWidth >= 1,
    () =>
      `conv2d: a ${kernelHeight}×${kernelWidth} kernel does not fit the padded input [${input.join(', ')}].`,
  );
  return {
    batch,
    inputChannels,
    inputHeight,
    inputWidth,
    outputChannels,
    outputHeight,
    outputWidth,
    kernelHeight,
    kernelWidth,
    strideY,
    strideX,
    padding,
  };
}

/** The override constants that every general convolution shader declares. */
export function geometryConstants(g: Conv2dGeometry): Record<string, number> {
  return {
    BATCH: g.batch,
    IN_CHANNELS: g.inputChannels,
    IN_HEIGHT: g.inputHeight,
    IN_WIDTH: g.inputWidth,
    OUT_CHANNELS: g.outputChannels,
    OUT_HEIGHT: g.outputHeight,
    OUT_WIDTH: g.outputWidth,
    KERNEL_HEIGHT: g.kernelHeight,
    KERNEL_WIDTH: g.kernelWidth,
    STRIDE_Y: g.strideY,
    STRIDE_X: g.strideX,
    PAD_TOP: g.padding.top,
    PAD_LEFT: g.padding.left,
  };
}

/** Floating-point operations of the direct convolution; each of its three gradients takes as many. */
export function conv2dFlops(g: Conv2dGeometry): number {
  const taps = g.kernelHeight * g.kernelWidth * g.inputChannels;
  return 2 * taps * g.outputChannels * g.outputHeight * g.outputWidth * g.batch;
}

export type Conv2dVariant =
  'direct' | 'narrow' | 'narrow-lanes' | 'tiled' | 'uniform' | 'winograd' | 'winograd-tiled';

/** Fewer channels than this leave Winograd's transforms without products to pay for them. */
const WINOGRAD_LEAST_CHANNELS = 16;

/** From here on Winograd's variant is the one to expect most of on a GPU: fewer channels or tiles leave it too little. */
const WINOGRAD_GOOD_CHANNELS = 64;
const WINOGRAD_GOOD_TILES = 150;

/** One input channel more, and without subgroups a block of its weights would not fit a uniform binding. */
const WINOGRAD_MOST_CHANNELS = 512;

/** Winograd's variants pad channels to whole groups of no more than so many. */
const WINOGRAD_CHANNEL_GROUP = 64;

/** Lanes of a subgroup of the narrow variant, and columns of a workgroup of narrow-lanes, each of a vector of so many pixels. */
export const NARROW_LANES = 8;
export const NARROW_PIXELS = 4;

/** Channels of the narrow side, and of the other, whose weights are to fit one uniform binding. */
const NARROW_MOST_CHANNELS = 3;
const NARROW_MOST_OUTPUTS = 512;

/**
 * The variants that can take this convolution, in the order to prefer where none has been measured. The general
 * one takes all; the others only VGG's kind: 3×3, stride 1, one pixel of padding.
 *
 * @param facts of the adapter: whether it is a processor in disguise, where loads cost more than arithmetic, and its
 *   subgroups, which 'narrow' needs.
 */
export function conv2dVariants(
  g: Conv2dGeometry,
  { software, subgroupSize }: Pick<AdapterFacts, 'software' | 'subgroupSize'>,
): Conv2dVariant[] {
  const { top, bottom, left, right } = g.padding;
  const same3x3 =
    g.kernelHeight === 3 &&
    g.kernelWidth === 3 &&
    g.strideY === 1 &&
    g.strideX === 1 &&
    [top, bottom, left, right].every((pad) => pad === 1);
  if (!same3x3) return ['direct'];
  const fewest = Math.min(g.inputChannels, g.outputChannels);
  const most = Math.max(g.inputChannels, g.outputChannels);
  const padded = ceilDiv(most, WINOGRAD_CHANNEL_GROUP) * WINOGRAD_CHANNEL_GROUP;
  const fitsWinograd =
    fewest >= WINOGRAD_LEAST_CHANNELS && winogradRowBytes(g.outputWidth, padded) <= MOST_STRIP_BYTES;
  const winograd: Conv2dVariant[] = fitsWinograd && most <= WINOGRAD_MOST_CHANNELS ? ['winograd'] : [];
  const winogradTiled: Conv2dVariant[] = fitsWinograd ? ['winograd-tiled'] : [];
  const fitsNarrow =
    g.inputChannels <= NARROW_MOST_CHANNELS &&
    g.outputChannels <= NARROW_MOST_OUTPUTS &&
    g.inputWidth % NARROW_PIXELS === 0;
  const inEights = subgroupSize === NARROW_LANES;
  const narrow: Conv2dVariant[] = fitsNarrow && inEights ? ['narrow'] : [];
  // SwiftShader, whose subgroups are of four, takes half a minute to compile it.
  const narrowLanes: Conv2dVariant[] = fitsNarrow && (inEights || !software) ? ['narrow-lanes'] : [];
  if (software)
    return [...winograd, ...narrow, ...narrowLanes, 'uniform', 'tiled', ...winogradTiled, 'direct'];
  // Of one image: they are worked off one after the other.
  const tiles = ceilDiv(g.outputHeight, WINOGRAD_TILE) * ceilDiv(g.outputWidth, WINOGRAD_TILE);
  const good = fewest >= WINOGRAD_GOOD_CHANNELS && tiles >= WINOGRAD_GOOD_TILES;
  const forGpus: Conv2dVariant[] = good ? [...winogradTiled, 'tiled'] : ['tiled', ...winogradTiled];
  return [...narrowLanes, ...forGpus, ...narrow, 'uniform', ...winograd, 'direct'];
}
