import { read, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';
import { poolConstants, poolGeometry, type PoolOptions, requireGradients } from './pool-geometry.js';
import { chooseWide, wideCall } from './pool-wide.js';

export interface AvgPoolOptions extends PoolOptions {
  /** Divide by the cells in the padding too (PyTorch's count_include_pad). Default true. */
  countIncludePad?: boolean;
  /** Whether the input passes through max(0, ·) first, as ReLU's output would; false by default. */
  rectify?: boolean;
}

/**
 * The mean of each window, padding counting as zeros (torch.nn.functional.avg_pool2d).
 *
 * @param x [N, C, H, W]
 * @returns [N, C, OH, OW], stored as x is
 * @throws ShapeError on an option out of range, or when no window fits.
 */
export function avgPool2d(recorder: Recorder, x: Tensor, options: AvgPoolOptions): Tensor {
  const geometry = poolGeometry('avgPool2d', x, options);
  const y = recorder.temporary('avgPool2d', [...geometry.planes, ...geometry.output], x.dtype);
  const RECTIFY = options.rectify ? 1 : 0;
  const call = {
    label: 'avgPool2d',
    bindings: [read(x), write(y)],
    flops: y.size * geometry.window[0] * geometry.window[1],
  };
  if (chooseWide(recorder, call.label, geometry, x.dtype)) {
    const wide = wideCall(geometry, x.dtype, { RECTIFY });
    recorder.dispatch({ ...call, shader: 'average_pool_2x2_wide', ...wide });
  } else {
    recorder.dispatch({
      ...call,
      shader: 'average_pool',
      constants: { COUNT: y.size, ...poolConstants(geometry), INCLUDE_PAD: includePad(options), RECTIFY },
      types: { Element: x.dtype },
      workgroups: linearGrid(y.size),
    });
  }
  return y;
}

/**
 * The gradient of `avgPool2d`: each window's, divided by the same size, to all its cells.
 *
 * @param x avgPool2d's input; only its shape matters, unless the options rectify
 * @param dy the gradient with respect to its output
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 * @throws ShapeError as `avgPool2d`, and when dy is not shaped like the output.
 */
export function avgPool2dBackward(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  options: AvgPoolOptions,
  into?: Tensor,
): Tensor {
  const label = 'avgPool2d.dInput';
  const geometry = poolGeometry(label, x, options);
  requireGradients(label, geometry, x, dy, into);
  const dx = into ?? recorder.temporary(label, x.shape);
  // What is not read need not be there: a shape without numbers is enough.
  const gate = options.rectify ? x : dy;
  const call = {
    label,
    bindings: [read(gate), read(dy), into ? update(dx) : write(dx)],
    flops: dy.size * geometry.window[0] * geometry.window[1],
  };
  const uses = { ACCUMULATE: into ? 1 : 0, RECTIFY: options.rectify ? 1 : 0 };
  if (chooseWide(recorder, label, geometry, x.dtype)) {
    const wide = wideCall(geometry, gate.dtype, uses);
    recorder.dispatch({ ...call, shader: 'average_pool_2x2_wide_backward', ...wide });
  } else {
    recorder.dispatch({
      ...call,
      shader: 'average_pool_backward',
      constants: { COUNT: x.size, ...poolConstants(geometry), INCLUDE_PAD: includePad(options), ...uses },
      types: { Element: gate.dtype },
      workgroups: linearGrid(x.size),
    });
  }
  return dx;
}

function includePad({ countIncludePad = true }: AvgPoolOptions): number {
  return countIncludePad ? 1 : 0;
}
