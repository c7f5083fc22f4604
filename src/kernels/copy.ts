import { read, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise, requireEqualSizes } from './elementwise.js';

/**
 * to ← from, element by element, whatever their shapes.
 *
 * @throws ShapeError when they differ in size, or share memory.
 */
export function copy(recorder: Recorder, from: Tensor, to: Tensor): void {
  requireEqualSizes('copy', from, to);
  elementwise(recorder, {
    label: 'copy',
    shader: 'copy',
    bindings: [read(from), write(to)],
    count: from.size,
    flops: 0,
  });
}
