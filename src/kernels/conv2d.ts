import { read, update, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import { elements, type Shape, type Tensor } from '../gpu/tensor.js';
import type { DType } from '../gpu/wgsl-types.js';
import { linearGrid } from '../gpu/workgroups.js';
import { adjointFilter, forwardFilter } from './conv2d-filter.js';
import {
  conv2dFlops,
  conv2dGeometry,
  type Conv2dGeometry,
  type Conv2dOptions,
  type Conv2dVariant,
  conv2dVariants,
  geometryConstants,
} from './conv2d-geometry.js';
import { conv2dNarrow, conv2dNarrowLanes } from './conv2d-narrow.js';
import { conv2dTiled } from './conv2d-tiled.js';
import { conv2dUniform } from './conv2d-uniform.js';
import { conv2dWinograd, conv2dWinogradTiled } from './conv2d-winograd.js';
import { converted } from './copy.js';
import { relu, reluBackward } from './relu.js';
import { conv2dShape } from './shapes.js';

/** The variants made for 3×3, stride 1, pad 1: they serve the forward pass and the gradient to the input alike. */
const SHADERS_3X3 = {
  narrow: conv2dNarrow,
  'narrow-lanes': conv2dNarrowLanes,
  tiled: conv2dTiled,
  uniform: conv2dUniform,
  winograd: conv2dWinograd,
  'winograd-tiled': conv2dWinogradTiled,
};

/** Those that rectify as they load and gate as they store; for the others relu's own kernels do it. */
const FUSES: ReadonlySet<Conv2dVariant> = new Set(['winograd', 'winograd-tiled']);

/**
 * 2-D cross-correlation with bias, as torch.nn.functional.conv2d (without dilation and groups):
 * y[n,o,i,j] = bias[o] + Σ_{c,u,v} w[o,c,u,v] · x[n,c, i·stride + u − pad, j·stride + v − pad], zeros outside x; with
 * `rectify` of max(x, 0) in place of x.
 *
 * @param x [N, C, H, W], whole or half; weights and bias are whole.
 * @param weights [O, C, kH, kW].
 * @param bias [O], or undefined for none.
 * @returns [N, O, H', W'] with H' = ⌊(H + top + bottom − kH) / stride⌋ + 1, W' likewise.
 * @throws ShapeError when the shapes do not fit; RangeError when a variant is forced that cannot take them.
 */
export function conv2d(
  recorder: Recorder,
  x: Tensor,
  weights: Tensor,
  bias?: Tensor,
  options: Conv2dOptions = {},
): Tensor {
  const g = conv2dGeometry(x.shape, weights, options);
  requireShape(
    bias === undefined || bias.size === g.outputChannels,
    () => `conv2d: ${bias} must have one number for each of the ${g.outputChannels} output channels.`,
  );
  const shape = [g.batch, g.outputChannels, g.outputHeight, g.outputWidth];
  const y = recorder.temporary('conv2d', shape, options.output);
  const stored = [x.dtype, y.dtype].includes('f16') ? 'f16' : 'f32';
  const variant = chooseVariant(recorder, 'conv2d', g, options, stored);
  const input = options.rectify && !FUSES.has(variant) ? relu(recorder, x) : x;
  if (variant !== 'direct') {
    const filter = forwardFilter(g, weights, bias);
    const flops = conv2dFlops(g);
    const { rectify } = options;
    SHADERS_3X3[variant](recorder, {
      label: 'conv2d',
      x: input,
      filter,
      y,
      accumulate: false,
      rectify,
      flops,
    });
    return y;
  }
  recorder.dispatch({
    label: 'conv2d',
    shader: 'conv2d_direct',
    constants: { ...geometryConstants(g), HAS_BIAS: bias ? 1 : 0 },
    types: { In: x.dtype, Out: y.dtype },
    bindings: [read(input), read(weights), read(bias ?? weights), write(y)],
    workgroups: linearGrid(y.size),
    flops: conv2dFlops(g),
  });
  return y;
}

/**
 * The gradient of conv2d with respect to its input.
 *
 * @param dy the gradient with respect to the output, [N, O, H', W'].
 * @param inputShape [N, C, H, W] of the forward pass; strides leave it open.
 * @param into a tensor of that shape to add to; without it, new memory.
 * @param x the input itself, wanted when the options `rectify`: where it is not positive, the gradient is 0.
 * @returns `into`, or the new tensor.
 */
export function conv2dBackwardInput(
  recorder: Recorder,
  dy: Tensor,
  weights: Tensor,
  inputShape: Shape,
  options: Conv2dOptions = {},
  into?: Tensor,
  x?: Tensor,
): Tensor {
  const g = conv2dGeometry(inputShape, weights, options);
  requireOutputShape(g, dy);
  requireRoom('conv2d.dInput', into, inputShape);
  requireShape(
    !options.rectify || x?.shape.join() === inputShape.join(),
    () => `conv2d.dInput: the gradient of a rectified input needs the input, of [${inputShape.join(', ')}].`,
  );
  const variant = chooseVariant(recorder, 'conv2d.dInput', g, options, options.rectify ? x?.dtype : 'f32');
  if (options.rectify && !FUSES.has(variant)) {
    const ungated = backwardInput(recorder, variant, g, dy, weights);
    const dx = reluBackward(recorder, x!, ungated, into);
    recorder.endChoice('conv2d.dInput');
    return dx;
  }
  return backwardInput(recorder, variant, g, dy, weights, into, options.rectify ? x : undefined);
}

function backwardInput(
  recorder: Recorder,
  variant: Conv2dVariant,
  g: Conv2dGeometry,
  dy: Tensor,
  weights: Tensor,
  into?: Tensor,
  gate?: Tensor,
): Tensor {
  const label = 'conv2d.dInput';
  const flops = conv2dFlops(g);
  const dx = into ?? recorder.temporary(label, [g.batch, g.inputChannels, g.inputHeight, g.inputWidth]);
  if (variant !== 'direct') {
    const filter = adjointFilter(g, weights);
    const accumulate = into !== undefined;
    SHADERS_3X3[variant](recorder, { label, x: dy, filter, y: dx, accumulate, gate, flops });
    return dx;
  }
  recorder.dispatch({
    label,
    shader: 'conv2d_direct_dinput',
    constants: { ...geometryConstants(g), ACCUMULATE: into ? 1 : 0 },
    bindings: [read(dy), read(weights), into ? update(dx) : write(dx)],
    workgroups: linearGrid(dx.size),
    flops,
  });
  return dx;
}

/**
 * The gradient of conv2d with respect to its weights, summed over the batch: shape [O, C, kH, kW].
 *
 * @param weights the weights of the forward pass; only their shape matters.
 * @param into a tensor of that shape to add to; without it, new memory.
 */
export function conv2dBackwardWeights(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  weights: Tensor,
  options: Conv2dOptions = {},
  into?: Tensor,
): Tensor {
  const g = conv2dGeometry(x.shape, weights, options);
  requireOutputShape(g, dy);
  requireRoom('conv2d.dWeights', into, weights.shape);
  const input = converted(recorder, options.rectify ? relu(recorder, x) : x, 'f32');
  const dw = into ?? recorder.temporary('conv2d.dWeights', weights.shape);
  recorder.dispatch({
    label: 'conv2d.dWeights',
    shader: 'conv2d_dweights',
    constants: { ...geometryConstants(g), ACCUMULATE: into ? 1 : 0 },
    bindings: [read(input), read(dy), into ? update(dw) : write(dw)],
    workgroups: linearGrid(dw.size, 1),
    flops: conv2dFlops(g),
  });
  return dw;
}

/**
 * The gradient of conv2d with respect to its bias: dy [N, O, H', W'] summed over all but the channels, shape [O].
 *
 * @param into a tensor of that shape to add to; without it, new memory.
 */
export function conv2dBackwardBias(recorder: Recorder, dy: Tensor, into?: Tensor): Tensor {
  requireShape(dy.shape.length === 4, () => `conv2d.dBias: dy must be [N, O, H, W], not ${dy}.`);
  const [batch, channels, height, width] = dy.shape as [number, number, number, number];
  requireRoom('conv2d.dBias', into, [channels]);
  const db = into ?? recorder.temporary('conv2d.dBias', [channels]);
  recorder.dispatch({
    label: 'conv2d.dBias',
    shader: 'conv2d_dbias',
    constants: { BATCH: batch, CHANNELS: channels, AREA: height * width, ACCUMULATE: into ? 1 : 0 },
    bindings: [read(dy), into ? update(db) : write(db)],
    workgroups: linearGrid(channels, 1),
    flops: dy.size,
  });
  return db;
}

function chooseVariant(
  recorder: Recorder,
  operation: string,
  g: Conv2dGeometry,
  options: Conv2dOptions,
  stored?: DType,
): Conv2dVariant {
  const eligible = conv2dVariants(g, recorder.gpu.facts);
  return recorder.choose(operation, conv2dShape(g, options.rectify, stored), eligible);
}

/** For what gradients are to be added to, which has their shape, or as many elements in another. */
function requireRoom(operation: string, into: Tensor | undefined, shape: Shape): void {
  requireShape(
    into === undefined || into.size === elements(shape),
    () => `${operation}: the gradient has the shape [${shape.join(', ')}], and cannot be added to ${into}.`,
  );
}

function requireOutputShape(g: Conv2dGeometry, dy: Tensor): void {
  const expected = [g.batch, g.outputChannels, g.outputHeight, g.outputWidth];
  requireShape(
    dy.shape.length === 4 && expected.every((size, i) => dy.shape[i] === size),
    () => `conv2d: the gradient ${dy} should have the output's shape [${expected.join(', ')}].`,
  );
}
