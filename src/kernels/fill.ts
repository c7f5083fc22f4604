import { write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise } from './elementwise.js';

/** x ← value, in every element. `value` is finite. */
export function fill(recorder: Recorder, x: Tensor, value: number): void {
  elementwise(recorder, {
    label: 'fill',
    shader: 'fill',
    constants: { VALUE: value },
    bindings: [write(x)],
    count: x.size,
    flops: 0,
  });
}
