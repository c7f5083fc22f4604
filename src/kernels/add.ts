import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/** a + b, element by element, into new memory of a's shape. */
export function add(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  requireShape(a.size === b.size, () => `add: ${a} and ${b} differ in size.`);
  const sum = recorder.temporary('sum', a.shape);
  recorder.dispatch({
    label: 'add',
    shader: 'add',
    constants: { COUNT: a.size },
    bindings: [read(a), read(b), write(sum)],
    workgroups: linearGrid(a.size),
    flops: a.size,
  });
  return sum;
}
