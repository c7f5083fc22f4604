import { read, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';

/**
 * The rows of a matrix lengthened with zeros to a multiple of `multiple`, for shaders that read several numbers at
 * a time; the matrix itself where nothing is to be added.
 *
 * @param x rows × width, whole or half; so is the result
 */
export function padRows(recorder: Recorder, x: Tensor, multiple: number): Tensor {
  const [rows, width] = [x.shape[0]!, x.shape[1]!];
  const padded = ceilDiv(width, multiple) * multiple;
  if (padded === width) return x;
  const y = recorder.temporary('padded', [rows, padded], x.dtype);
  recorder.dispatch({
    label: 'padRows',
    shader: 'pad_rows',
    constants: { COUNT: y.size, WIDTH: width, PADDED: padded },
    types: { Element: x.dtype },
    bindings: [read(x), write(y)],
    workgroups: linearGrid(y.size),
  });
  return y;
}
