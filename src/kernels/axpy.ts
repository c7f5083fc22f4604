import { requireShape } from '../gpu/errors.js';
import { read, update } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/** y ← a·x + y, element by element, in place (BLAS saxpy). x and y are of equal size and different memory. */
export function axpy(recorder: Recorder, a: number, x: Tensor, y: Tensor): void {
  requireShape(x.size === y.size, () => `axpy: ${x} and ${y} differ in size.`);
  recorder.dispatch({
    label: 'axpy',
    shader: 'axpy',
    constants: { COUNT: x.size, A: a },
    bindings: [read(x), update(y)],
    workgroups: linearGrid(x.size),
    flops: 2 * x.size,
  });
}
