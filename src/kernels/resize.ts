import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import { elements, type Shape, type Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/**
 * Antialiased bilinear resize of [N, C, H, W] to [N, C, height, width], enlarging or shrinking each side:
 * `torch.nn.functional.interpolate(mode='bilinear', antialias=True, align_corners=False)`, which is PIL's
 * `resize(…, BILINEAR)` before it rounds to bytes. First along the rows, then along the columns, as both do; an
 * axis that keeps its length is not touched.
 *
 * @returns a new tensor, or x itself when neither side changes.
 * @throws ShapeError for a shape of other than four dimensions, or sides whose old and new lengths multiply to
 *   about 2³⁰ or more (32 thousand squared).
 */
export function resize(recorder: Recorder, x: Tensor, height: number, width: number): Tensor {
  requireShape(x.shape.length === 4, () => `resize: takes [N, C, H, W], not ${x}.`);
  return resizeAxis(recorder, resizeAxis(recorder, x, 3, width), 2, height);
}

function resizeAxis(recorder: Recorder, x: Tensor, axis: number, to: number): Tensor {
  const from = x.shape[axis]!;
  if (from === to) return x;
  requireShape(Number.isInteger(to) && to >= 1, () => `resize: cannot make a side of ${to} samples.`);
  requireShape(
    from * to + Math.max(from, to) < 2 ** 30,
    () => `resize: from ${from} to ${to} samples is too far for one step.`,
  );
  const outer = x.shape.slice(0, axis);
  const inner = x.shape.slice(axis + 1);
  const shape: Shape = [...outer, to, ...inner];
  const y = recorder.temporary('resize', shape);
  // Each output reads the samples within one reach to either side: two, or two outputs' widths when shrinking.
  const taps = 2 * Math.max(1, from / to);
  recorder.dispatch({
    label: 'resize',
    shader: 'resize',
    constants: { OUTER: elements(outer), FROM: from, TO: to, INNER: elements(inner) },
    bindings: [read(x), write(y)],
    workgroups: linearGrid(y.size),
    flops: Math.round(2 * taps * y.size),
  });
  return y;
}
