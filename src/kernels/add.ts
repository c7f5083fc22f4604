import { read, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise, requireEqualSizes } from './elementwise.js';

/** a + b, element by element, into new memory of a's shape. */
export function add(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  requireEqualSizes('add', a, b);
  const sum = recorder.temporary('sum', a.shape);
  elementwise(recorder, {
    label: 'add',
    shader: 'add',
    bindings: [read(a), read(b), write(sum)],
    count: a.size,
  });
  return sum;
}
