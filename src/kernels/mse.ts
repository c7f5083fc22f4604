import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwiseGradient, requireEqualSizes } from './elementwise.js';
import { distanceAndDifferences, squaredDistance } from './reduce.js';

/**
 * The mean squared error with the weight inside the square, mean((w·a − w·b)²), as a scalar []: what
 * torch.nn.functional.mse_loss gives for w·a and w·b. Each may hold float32 or float16.
 *
 * @throws ShapeError when a and b differ in size.
 */
export function mse(recorder: Recorder, a: Tensor, b: Tensor, weight = 1): Tensor {
  return squaredDistance(recorder, a, b, weight, 1 / a.size);
}

/**
 * `mse`, and its gradient with respect to a where that to the error is 1, 2w²(a − b)/n: in one pass over memory, which
 * reads what `mse` and `mseBackward` would both read.
 *
 * @returns the error, a scalar [], and the gradient, of a's shape.
 * @throws ShapeError when a and b differ in size.
 */
export function mseWithGradient(
  recorder: Recorder,
  a: Tensor,
  b: Tensor,
  weight = 1,
): { error: Tensor; gradient: Tensor } {
  const uses = { weight, scale: 1 / a.size, factor: factorOf(a, weight) };
  const { distance, differences } = distanceAndDifferences(recorder, a, b, uses);
  return { error: distance, gradient: differences };
}

/** What a difference is multiplied with in the gradient. */
function factorOf({ size }: Tensor, weight: number): number {
  return (2 * weight * weight) / size;
}

/**
 * The gradient of `mse` with respect to a: 2w²(a − b)/n · dy. That with respect to b is the same call with a and b
 * exchanged.
 *
 * @param dy the gradient with respect to the error, a scalar, read on the GPU.
 * @param into a tensor of a's size to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor, of a's shape.
 * @throws ShapeError when the sizes do not belong together.
 */
export function mseBackward(
  recorder: Recorder,
  a: Tensor,
  b: Tensor,
  dy: Tensor,
  weight = 1,
  into?: Tensor,
): Tensor {
  requireEqualSizes('mse.dInput', a, b);
  requireShape(dy.size === 1, () => `mse.dInput: the gradient of an error is a scalar, not ${dy}.`);
  const call = {
    label: 'mse.dInput',
    shader: 'mse_backward',
    constants: { FACTOR: factorOf(a, weight) },
    bindings: [a, b, dy],
    stored: { A: a.dtype, B: b.dtype },
    flops: 2,
  } as const;
  return elementwiseGradient(recorder, call, a, into);
}
