import { read, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import { poolConstants, poolGeometry, type PoolOptions, requireGradients } from './pool-geometry.js';
import { chooseWide, isSideBySide, isWide, wideCall } from './pool-wide.js';
import { mapsShape } from './shapes.js';

/** How to take the largest values. */
export interface MaxPoolOptions extends PoolOptions {
  /** Whether the input passes through max(0, ·) first, as ReLU's output would; false by default. */
  rectify?: boolean;
}

/**
 * The largest value in each window, with padding that never wins (torch.nn.functional.max_pool2d).
 *
 * @param x [N, C, H, W]
 * @returns [N, C, OH, OW], stored as x is
 * @throws ShapeError on an option out of range, or when no window fits.
 */
export function maxPool2d(recorder: Recorder, x: Tensor, options: MaxPoolOptions): Tensor {
  const geometry = poolGeometry('maxPool2d', x, options);
  const y = recorder.temporary('maxPool2d', [...geometry.planes, ...geometry.output], x.dtype);
  const label = 'maxPool2d';
  const RECTIFY = options.rectify ? 1 : 0;
  const bindings = [read(x), write(y)];
  const flops = y.size * geometry.window[0] * geometry.window[1];
  if (chooseWide(recorder, label, geometry, x.dtype)) {
    recorder.dispatch({
      label,
      shader: 'max_pool_2x2_wide',
      ...wideCall(geometry, x.dtype, { RECTIFY }),
      bindings,
      flops,
    });
  } else {
    recorder.dispatch({
      label,
      shader: 'max_pool',
      constants: { COUNT: y.size, ...poolConstants(geometry), RECTIFY },
      types: { Element: x.dtype },
      bindings,
      workgroups: linearGrid(y.size),
      flops,
    });
  }
  return y;
}

/**
 * The gradient of `maxPool2d`: each window's goes to its largest cell, to the first in row-major order where several
 * are as large, as PyTorch does on a processor. Found again from x, so nothing is kept from the forward pass.
 *
 * @param x maxPool2d's input
 * @param dy the gradient with respect to its output
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 * @throws ShapeError as `maxPool2d`, and when dy is not shaped like the output.
 */
export function maxPool2dBackward(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  options: MaxPoolOptions,
  into?: Tensor,
): Tensor {
  const label = 'maxPool2d.dInput';
  const geometry = poolGeometry(label, x, options);
  requireGradients(label, geometry, x, dy, into);
  const dx = into ?? recorder.temporary(label, x.shape);
  const { input, output, window } = geometry;
  const flops = dy.size * window[0] * window[1];
  const bindings = [read(x), read(dy), into ? update(dx) : write(dx)];
  const RECTIFY = options.rectify ? 1 : 0;
  const uses = { ACCUMULATE: into ? 1 : 0, RECTIFY };
  const eligible = [
    ...(isWide(geometry) ? ['wide'] : []),
    ...(isSideBySide(geometry) ? ['2x2'] : []),
    'gather',
  ];
  const variant = recorder.choose(label, mapsShape([...geometry.planes, ...input], x.dtype), eligible);
  if (variant === 'wide') {
    recorder.dispatch({
      label,
      shader: into ? 'max_pool_2x2_wide_scatter' : 'max_pool_2x2_wide_backward',
      ...wideCall(geometry, x.dtype, { RECTIFY }),
      bindings,
      flops,
    });
  } else if (variant === '2x2') {
    const cells = geometry.planes[0] * geometry.planes[1] * ceilDiv(input[0], 2) * ceilDiv(input[1], 2);
    recorder.dispatch({
      label,
      shader: 'max_pool_2x2_backward',
      constants: {
        COUNT: cells,
        H: input[0],
        W: input[1],
        OH: output[0],
        OW: output[1],
        ...uses,
      },
      types: { Element: x.dtype },
      bindings,
      workgroups: linearGrid(cells),
      flops,
    });
  } else {
    recorder.dispatch({
      label,
      shader: 'max_pool_backward',
      constants: { COUNT: x.size, ...poolConstants(geometry), ...uses },
      types: { Element: x.dtype },
      bindings,
      workgroups: linearGrid(x.size),
      flops,
    });
  }
  return dx;
}
