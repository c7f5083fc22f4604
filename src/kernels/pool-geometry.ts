import { requireShape } from '../gpu/errors.js';
import type { Tensor } from '../gpu/tensor.js';

/** One number for both sides, or height and width. */
export type Pair = number | readonly [number, number];

/** What a pooling does, in PyTorch's terms. */
export interface PoolOptions {
  window: Pair;
  /** Default: the window, so that windows lie side by side. */
  stride?: Pair;
  /** Cells added around the input, at most half the window. Default 0. */
  padding?: Pair;
  /**
   * Also take the last, incomplete window, if it begins inside the input or the padding before it (PyTorch's
   * ceil_mode). Default false, as in torchvision's VGG.
   */
  ceilMode?: boolean;
}

/** A pooling of a particular tensor; sizes are [height, width]. */
export interface PoolGeometry {
  planes: readonly [number, number];
  input: readonly [number, number];
  output: readonly [number, number];
  window: readonly [number, number];
  stride: readonly [number, number];
  padding: readonly [number, number];
}

/**
 * Checks a pooling and works out its output's size, as PyTorch's pooling_output_shape.
 *
 * @param x [N, C, H, W]
 * @throws ShapeError when x is not four-dimensional, an option is not a whole number in range, or no window fits.
 */
export function poolGeometry(label: string, x: Tensor, options: PoolOptions): PoolGeometry {
  requireShape(x.shape.length === 4, () => `${label}: takes feature maps [N, C, H, W], not ${x}.`);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const window = pair(label, 'window', options.window, 1);
  const stride = pair(label, 'stride', options.stride ?? window, 1);
  const padding = pair(label, 'padding', options.padding ?? 0, 0);
  const side = (axis: 0 | 1, size: number) => {
    requireShape(
      2 * padding[axis] <= window[axis],
      () =>
        `${label}: a padding of ${padding[axis]} is more than half the window of ${window[axis]}; ` +
        'make it smaller, or the window larger.',
    );
    const room = size + 2 * padding[axis] - window[axis];
    const steps = room / stride[axis];
    let count = (options.ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
    if (options.ceilMode && (count - 1) * stride[axis] >= size + padding[axis]) count--;
    requireShape(
      count >= 1,
      () =>
        `${label}: no window of ${window.join(' × ')} fits an input of ${h} × ${w}` +
        `${padding[axis] > 0 ? ` with padding ${padding.join(' × ')}` : ''}; use a larger image or fewer poolings.`,
    );
    return count;
  };
  return { planes: [n, c], input: [h, w], output: [side(0, h), side(1, w)], window, stride, padding };
}

/** The constants of the pooling shaders. */
export function poolConstants({ input, output, window, stride, padding }: PoolGeometry) {
  return {
    H: input[0],
    W: input[1],
    OH: output[0],
    OW: output[1],
    WINDOW_H: window[0],
    WINDOW_W: window[1],
    STRIDE_H: stride[0],
    STRIDE_W: stride[1],
    PAD_H: padding[0],
    PAD_W: padding[1],
  };
}

/** Checks a pooling's output gradient, and the tensor to add the input's gradient to, if any. */
export function requireGradients(
  label: string,
  { planes, output }: PoolGeometry,
  x: Tensor,
  dy: Tensor,
  into: Tensor | undefined,
): void {
  const shape = [...planes, ...output];
  requireShape(
    dy.shape.length === 4 && shape.every((size, axis) => dy.shape[axis] === size),
    () => `${label}: the gradient must be [${shape.join(', ')}], like the output, not ${dy}.`,
  );
  requireShape(
    into === undefined || into.size === x.size,
    () => `${label}: ${into} and ${x} differ in size.`,
  );
}

function pair(label: string, name: string, value: Pair, least: number): readonly [number, number] {
  const both: readonly [number, number] = typeof value === 'number' ? [value, value] : value;
  requireShape(
    both.every((size) => Number.isInteger(size) && size >= least),
    () => `${label}: ${name} must be whole numbers ≥ ${least}, not ${both.join(' × ')}.`,
  );
  return both;
}
