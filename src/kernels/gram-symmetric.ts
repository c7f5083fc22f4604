import { type Binding, read, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Form, Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';

/**
 * Records the symmetric matrix that feature maps are multiplied with on the way back through their Gram matrix: the
 * gradient with respect to that plus its transpose, divided by how many numbers the maps have.
 *
 * @param multiple of which its rows and columns are to be so many, zeros behind its own.
 */
export type Symmetric = (multiple: number, form?: Form) => Tensor;

/** From the gradient dy, [m, m], with respect to the Gram matrix of `size` numbers. */
export function symmetrised(recorder: Recorder, dy: Tensor, size: number): Symmetric {
  const m = dy.shape[0]!;
  return (multiple, form) =>
    record(recorder, 'gram_symmetrise', [read(dy)], { m, multiple, form, scale: 1 / size, flops: 2 * m * m });
}

/** A mean squared error made of a Gram matrix, mean((weight·g − weight·target)²): see `mse`. Tensors are float32. */
export interface GramError {
  /** The Gram matrix, [m, m]. */
  g: Tensor;
  /** What it is to match, [m, m]. */
  target: Tensor;
  /** Inside the square. */
  weight: number;
  /** The gradient with respect to the error, a scalar. */
  dy: Tensor;
}

/** From the error, whose gradient with respect to g is 2·weight²·(g − target)/m² · dy, without that in between. */
export function difference(
  recorder: Recorder,
  { g, target, weight, dy }: GramError,
  size: number,
): Symmetric {
  const m = g.shape[0]!;
  const scale = (2 * weight * weight) / (g.size * size);
  return (multiple, form) =>
    record(recorder, 'gram_difference', [read(g), read(target), read(dy)], {
      ...{ m, multiple, form, scale },
      flops: 6 * m * m,
    });
}

interface Made {
  m: number;
  multiple: number;
  form: Form | undefined;
  scale: number;
  flops: number;
}

function record(
  recorder: Recorder,
  shader: 'gram_symmetrise' | 'gram_difference',
  sources: readonly Binding[],
  { m, multiple, form, scale, flops }: Made,
): Tensor {
  const width = ceilDiv(m, multiple) * multiple;
  const s = recorder.temporary('gram.symmetric', [width, width], 'f32', form);
  recorder.dispatch({
    label: 'gram.symmetrise',
    shader,
    constants: { M: m, WIDTH: width, SCALE: scale },
    bindings: [...sources, write(s)],
    workgroups: linearGrid((width * width) / 4),
    flops,
  });
  return s;
}
