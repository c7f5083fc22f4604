import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwiseGradient, requireEqualSizes } from './elementwise.js';

/**
 * a·b, element by element. It is its own gradient: da = dy·b and db = a·dy.
 *
 * @param into a tensor of their size to add the product to; without it, new memory of a's shape.
 * @throws ShapeError when the sizes differ.
 */
export function multiply(recorder: Recorder, a: Tensor, b: Tensor, into?: Tensor): Tensor {
  requireEqualSizes('multiply', a, b);
  const call = { label: 'multiply', shader: 'multiply', bindings: [a, b], flops: into ? 2 : 1 } as const;
  return elementwiseGradient(recorder, call, a, into);
}
