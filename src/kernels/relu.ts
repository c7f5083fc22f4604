import { read, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise, elementwiseGradient, requireEqualSizes } from './elementwise.js';

/** max(x, 0), element by element, for any shape (torch.nn.functional.relu), stored as x is. */
export function relu(recorder: Recorder, x: Tensor): Tensor {
  const y = recorder.temporary('relu', x.shape, x.dtype);
  elementwise(recorder, {
    label: 'relu',
    shader: 'relu',
    bindings: [read(x), write(y)],
    stored: { In: x.dtype, Out: y.dtype },
    count: x.size,
  });
  return y;
}

/**
 * The gradient of relu: dy where x > 0, else 0 (at 0 itself 0, as PyTorch).
 *
 * @param x relu's input, whole or half; its output serves as well, being positive in the same places.
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 */
export function reluBackward(recorder: Recorder, x: Tensor, dy: Tensor, into?: Tensor): Tensor {
  requireEqualSizes('relu.dInput', x, dy);
  const stored = { In: x.dtype };
  const call = { label: 'relu.dInput', shader: 'relu_backward', bindings: [x, dy], stored } as const;
  return elementwiseGradient(recorder, call, x, into);
}
