import { read, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import type { DType } from '../gpu/wgsl-types.js';
import { elementwise, requireEqualSizes } from './elementwise.js';

/**
 * to ← from, element by element, whatever their shapes; converted where the one holds float16 and the other float32.
 *
 * @throws ShapeError when they differ in size, or share memory.
 */
export function copy(recorder: Recorder, from: Tensor, to: Tensor): void {
  requireEqualSizes('copy', from, to);
  elementwise(recorder, {
    label: 'copy',
    shader: 'copy',
    bindings: [read(from), write(to)],
    stored: { In: from.dtype, Out: to.dtype },
    count: from.size,
    flops: 0,
  });
}

/** The same numbers stored as `dtype`, to nearest or next to it as the GPU rounds; x itself where it is stored so. */
export function converted(recorder: Recorder, x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const y = recorder.temporary('converted', x.shape, dtype);
  copy(recorder, x, y);
  return y;
}
