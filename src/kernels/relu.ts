import { read, update, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/** max(x, 0), element by element, for any shape (torch.nn.functional.relu). */
export function relu(recorder: Recorder, x: Tensor): Tensor {
  const y = recorder.temporary('relu', x.shape);
  recorder.dispatch({
    label: 'relu',
    shader: 'relu',
    constants: { COUNT: x.size },
    bindings: [read(x), write(y)],
    workgroups: linearGrid(x.size),
    flops: x.size,
  });
  return y;
}

/**
 * The gradient of relu: dy where x > 0, else 0 (at 0 itself 0, as PyTorch).
 *
 * @param x relu's input; its output serves as well, being positive in the same places.
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 */
export function reluBackward(recorder: Recorder, x: Tensor, dy: Tensor, into?: Tensor): Tensor {
  requireShape(x.size === dy.size, () => `relu.dInput: ${x} and ${dy} differ in size.`);
  const dx = into ?? recorder.temporary('relu.dInput', x.shape);
  recorder.dispatch({
    label: 'relu.dInput',
    shader: 'relu_backward',
    constants: { COUNT: x.size, ACCUMULATE: into ? 1 : 0 },
    bindings: [read(x), read(dy), into ? update(dx) : write(dx)],
    workgroups: linearGrid(x.size),
    flops: x.size,
  });
  return dx;
}
