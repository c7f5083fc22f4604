import { read, update, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise, elementwiseGradient, requireEqualSizes } from './elementwise.js';

/** x ← min(max(x, low), high), element by element, in place (torch.clamp_). Both bounds are finite, low ≤ high. */
export function clamp(recorder: Recorder, x: Tensor, low: number, high: number): void {
  elementwise(recorder, {
    label: 'clamp',
    shader: 'clamp',
    constants: bounds(low, high),
    bindings: [update(x)],
    count: x.size,
    flops: 2,
  });
}

/** min(max(x, low), high), element by element, into new memory of x's shape (torch.clamp). */
export function clamped(recorder: Recorder, x: Tensor, low: number, high: number): Tensor {
  const y = recorder.temporary('clamped', x.shape);
  elementwise(recorder, {
    label: 'clamped',
    shader: 'clamped',
    constants: bounds(low, high),
    bindings: [read(x), write(y)],
    count: x.size,
    flops: 2,
  });
  return y;
}

/**
 * The gradient of `clamped`: dy where low ≤ x ≤ high, else 0; on the bounds themselves dy, as PyTorch.
 *
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 */
export function clampedBackward(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  low: number,
  high: number,
  into?: Tensor,
): Tensor {
  const label = 'clamped.dInput';
  requireEqualSizes(label, x, dy);
  const call = { label, shader: 'clamp_backward', constants: bounds(low, high), bindings: [x, dy] } as const;
  return elementwiseGradient(recorder, call, x, into);
}

function bounds(low: number, high: number): { LOW: number; HIGH: number } {
  requireShape(low <= high, () => `clamp: the lower bound ${low} is above the upper bound ${high}.`);
  return { LOW: low, HIGH: high };
}
