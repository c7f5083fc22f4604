import { read, update } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise, requireEqualSizes } from './elementwise.js';

/** y ← a·x + y, element by element, in place (BLAS saxpy). x and y are of equal size and different memory. */
export function axpy(recorder: Recorder, a: number, x: Tensor, y: Tensor): void {
  requireEqualSizes('axpy', x, y);
  elementwise(recorder, {
    label: 'axpy',
    shader: 'axpy',
    constants: { A: a },
    bindings: [read(x), update(y)],
    count: x.size,
    flops: 2,
  });
}
