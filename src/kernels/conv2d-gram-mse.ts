import { requireShape } from '../gpu/errors.js';
import type { AdapterFacts } from '../gpu/facts.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { conv2dBackwardInput } from './conv2d.js';
import {
  conv2dGeometry,
  type Conv2dGeometry,
  type Conv2dOptions,
  conv2dVariants,
} from './conv2d-geometry.js';
import { gramGradient } from './gram.js';
import { requireGramError } from './gram-mse.js';
import { difference, type GramError, type Symmetric } from './gram-symmetric.js';
import { conv2dShape } from './shapes.js';

/**
 * How the gradient of mse(gram(y), target) finds its way to the input of the convolution that made y. With S the symmetric
 * matrix that `gramMseBackward` multiplies y with:
 *
 * 'maps': S·y is made, for the convolution to take back with whatever else y has served for.
 * 'filters': S mixes y's channels, and so do the filters as they sum over them: S·y taken back through the filters is y
 * taken back through the filters S·weights. Where a filter has fewer numbers than there are filters, as in VGG's first
 * layer (27 and 64), that is less work, and y is read once where S·y would be written, added to and read as well.
 */
export type GramMseWay = 'maps' | 'filters';

/** The ways that can be gone, the one to expect most of first. Pure. */
export function gramMseWays(
  g: Conv2dGeometry,
  y: Pick<Tensor, 'dtype'>,
  facts: Pick<AdapterFacts, 'software' | 'subgroupSize'>,
): GramMseWay[] {
  const numbers = g.inputChannels * g.kernelHeight * g.kernelWidth;
  if (g.batch > 1 || y.dtype !== 'f32' || numbers >= g.outputChannels) return ['maps'];
  // The other kernels for convolutions make many channels at a time, and idle where there are three.
  return conv2dVariants(g, facts).includes('narrow-lanes') ? ['filters', 'maps'] : ['maps', 'filters'];
}

/** A convolution y = conv2d(x, weights, bias, options) whose output's Gram matrix is compared with another. */
export interface GramConvolution {
  /** [N, C, H, W]. */
  x: Tensor;
  /** [O, C, kH, kW]; they and the bias are held fixed. */
  weights: Tensor;
  options: Conv2dOptions;
  /** [N, O, H', W'], whole or half. */
  y: Tensor;
}

/** Gradients of one error with respect to a convolution's output or its input; the sum of both ways is the whole. */
export interface GramMseGradients {
  /** To y, of its shape. */
  y?: Tensor | undefined;
  /** To x, past y, of its shape. */
  x?: Tensor | undefined;
}

/**
 * The gradient of mse(gram(y), target, weight), y being a convolution's output, by the faster way: with respect to y, or
 * past it to x (see GramMseWay).
 *
 * @param error as for `gramMseBackward`.
 * @param into tensors to add the gradients to, where there are any.
 * @returns the one of the two that was recorded.
 * @throws ShapeError when the shapes do not belong together; RangeError when a way is forced that cannot be gone.
 */
export function conv2dGramMseBackward(
  recorder: Recorder,
  { x, weights, options, y }: GramConvolution,
  error: GramError,
  into: GramMseGradients = {},
): GramMseGradients {
  requireGramError(y, error);
  const g = conv2dGeometry(x.shape, weights, options);
  requireShape(
    y.shape.join() === [g.batch, g.outputChannels, g.outputHeight, g.outputWidth].join(),
    () => `conv2dGramMse.dInput: ${y} is not what ${weights} make of ${x}.`,
  );
  const operation = 'conv2dGramMse.dInput';
  const way = recorder.choose(operation, conv2dShape(g), gramMseWays(g, y, recorder.gpu.facts));
  const symmetric = difference(recorder, error, y.size);
  const made =
    way === 'maps'
      ? { y: gramGradient(recorder, y, symmetric, into.y) }
      : {
          x: conv2dBackwardInput(
            recorder,
            y,
            mixed(recorder, weights, symmetric),
            x.shape,
            options,
            into.x,
            x,
          ),
        };
  recorder.endChoice(operation);
  return made;
}

/** S·weights: the filters are maps of as many channels as y, with as many places as a filter has numbers. */
function mixed(recorder: Recorder, weights: Tensor, symmetric: Symmetric): Tensor {
  const [filters, channels, height, width] = weights.shape as [number, number, number, number];
  const asMaps = weights.view([1, filters, channels, height * width]);
  return gramGradient(recorder, asMaps, symmetric).view(weights.shape);
}
