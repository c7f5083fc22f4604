import { read, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { requireShape } from '../gpu/errors.js';
import { elementwise, elementwiseGradient } from './elementwise.js';

/** x ← factor·x, element by element, in place (BLAS sscal). `factor` is finite. */
export function scale(recorder: Recorder, x: Tensor, factor: number): void {
  elementwise(recorder, {
    label: 'scale',
    shader: 'scale',
    constants: { FACTOR: factor },
    bindings: [update(x)],
    count: x.size,
  });
}

/** factor·x, element by element, into new memory of x's shape. `factor` is finite. */
export function scaled(recorder: Recorder, x: Tensor, factor: number): Tensor {
  const y = recorder.temporary('scaled', x.shape);
  elementwise(recorder, {
    label: 'scaled',
    shader: 'scaled',
    constants: { FACTOR: factor },
    bindings: [read(x), write(y)],
    count: x.size,
  });
  return y;
}

/**
 * factor·x, element by element, with a factor that is itself on the GPU: a tensor of one element.
 *
 * @param into a tensor of x's size to add the product to; without it, new memory of x's shape.
 */
export function scaledBy(recorder: Recorder, factor: Tensor, x: Tensor, into?: Tensor): Tensor {
  requireShape(factor.size === 1, () => `scaledBy: the factor must be a scalar, not ${factor}.`);
  const call = {
    label: 'scaledBy',
    shader: 'scaled_by',
    bindings: [factor, x],
    flops: into ? 2 : 1,
  } as const;
  return elementwiseGradient(recorder, call, x, into);
}

/**
 * A scalar repeated in the shape of `like` (PyTorch's expand, but with memory of its own): the gradient of a sum.
 *
 * @param into a tensor of that size to add it to; without it, new memory.
 */
export function expand(recorder: Recorder, scalar: Tensor, like: Tensor, into?: Tensor): Tensor {
  requireShape(scalar.size === 1, () => `expand: takes a scalar, not ${scalar}.`);
  const call = { label: 'expand', shader: 'expand', bindings: [scalar], flops: into ? 1 : 0 } as const;
  return elementwiseGradient(recorder, call, like, into);
}
