import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/** A rectangle of whole pixels within a picture. */
export interface CropWindow {
  top: number;
  left: number;
  height: number;
  width: number;
}

/**
 * The window of [N, C, H, W], as [N, C, window.height, window.width] (x[:, :, top:top+height, left:left+width]).
 *
 * @throws ShapeError unless the window lies wholly within x.
 */
export function crop(recorder: Recorder, x: Tensor, window: CropWindow): Tensor {
  requireShape(x.shape.length === 4, () => `crop: takes [N, C, H, W], not ${x}.`);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const { top, left, height, width } = window;
  const fits = (from: number, length: number, end: number) =>
    [from, length].every(Number.isInteger) && from >= 0 && length >= 1 && from + length <= end;
  requireShape(
    fits(top, height, h) && fits(left, width, w),
    () => `crop: ${height} × ${width} from row ${top} and column ${left} on does not lie within ${x}.`,
  );
  const y = recorder.temporary('crop', [n, c, height, width]);
  recorder.dispatch({
    label: 'crop',
    shader: 'crop',
    constants: { PLANES: n * c, H: h, W: w, TOP: top, LEFT: left, HEIGHT: height, WIDTH: width },
    bindings: [read(x), write(y)],
    workgroups: linearGrid(y.size),
  });
  return y;
}
