import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';
import {
  gramBackwardBroadcast,
  gramBackwardLanes,
  gramBackwardTexels,
  gramBackwardTiled,
  type Product,
} from './gram-backward.js';
import { type Symmetric, symmetrised } from './gram-symmetric.js';
import { gramBroadcast, gramLanes, gramTexels, gramTiled } from './gram-forward.js';
import { gramBackwardVariants, gramVariants, planGram } from './gram-plan.js';
import { padRows } from './pad-rows.js';
import { gramShape } from './shapes.js';

const FORWARD = {
  texels: gramTexels,
  broadcast: gramBroadcast,
  lanes: gramLanes,
  tiled: gramTiled,
};

/**
 * The Gram matrix of feature maps, F·Fᵀ / (N·C·H·W), with F the maps as a matrix of N·C rows and H·W columns: the
 * style representation of Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks"
 * (2016), equation 3, under the normalisation of PyTorch's style transfer tutorial. With more than one image the
 * rows of all of them are multiplied with one another, as that tutorial does.
 *
 * Only the half on and above the diagonal is computed; the other is its mirror image, to the last bit.
 *
 * @param x feature maps [N, C, H, W], whole or half
 * @returns [N·C, N·C]
 * @throws ShapeError when x is not four-dimensional.
 */
export function gram(recorder: Recorder, x: Tensor): Tensor {
  const { f, m, k } = asMatrix(x);
  const variant = recorder.choose('gram', gramShape(m, k, f.dtype), gramVariants(recorder.gpu.facts, f));
  const plan = planGram(variant, m, k);
  const { slices } = plan;
  const scale = 1 / x.size;

  const g = recorder.temporary('gram', [m, m]);
  const split = slices > 1;
  const target = split ? recorder.temporary('gram.partials', [slices, m, m]) : g;
  FORWARD[variant](recorder, {
    f: padRows(recorder, f, 4),
    ...{ plan, target, scale: split ? 1 : scale, mirror: !split },
    // As many multiply-adds as there are distinct entries times columns: what the result needs, not the full product.
    flops: m * (m + 1) * k,
  });
  if (split) {
    recorder.dispatch({
      label: 'gram.reduce',
      shader: 'gram_reduce',
      constants: { M: m, SLICES: slices, SCALE: scale, SHARES: plan.shares },
      bindings: [read(target), write(g)],
      workgroups: linearGrid(m * m * plan.shares),
      flops: (m * (m + 1) * slices) / 2,
    });
  }
  return g;
}

const BACKWARD = {
  texels: gramBackwardTexels,
  broadcast: gramBackwardBroadcast,
  lanes: gramBackwardLanes,
  tiled: gramBackwardTiled,
};

/**
 * The gradient of `gram`: (dy + dyᵀ)·F / (N·C·H·W). dy need not be symmetric.
 *
 * @param x gram's input [N, C, H, W]
 * @param dy the gradient with respect to its output, [N·C, N·C]
 * @param into a tensor of x's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 * @throws ShapeError when the shapes do not belong together.
 */
export function gramBackward(recorder: Recorder, x: Tensor, dy: Tensor, into?: Tensor): Tensor {
  requireGram(x, dy, (m) => `gram.dInput: the gradient of ${x}'s Gram matrix must be ${m}, not ${dy}.`);
  return gramGradient(recorder, x, symmetrised(recorder, dy, x.size), into);
}

/** @throws ShapeError with the message, which is given the right shape, for what is not like a Gram matrix of x. */
export function requireGram(x: Tensor, matrix: Tensor, message: (shape: string) => string): void {
  const { m } = asMatrix(x);
  const { shape } = matrix;
  requireShape(shape.length === 2 && shape[0] === m && shape[1] === m, () => message(`[${m}, ${m}]`));
}

/** The feature maps times a symmetric matrix, which is recorded as the variant wants it. For gradients by other ways. */
export function gramGradient(recorder: Recorder, x: Tensor, symmetric: Symmetric, into?: Tensor): Tensor {
  const { f, m, k } = asMatrix(x);
  requireShape(
    into === undefined || into.size === x.size,
    () => `gram.dInput: ${into} and ${x} differ in size.`,
  );
  const variants = gramBackwardVariants(recorder.gpu.facts, f);
  const variant = recorder.choose('gram.dInput', gramShape(m, k, f.dtype), variants);
  const product: Product = { f, symmetric, into: into?.view([m, k]), flops: 2 * m * m * k };
  const df = BACKWARD[variant](recorder, product);
  recorder.endChoice('gram.dInput');
  return into ?? df.view(x.shape);
}

/** The feature maps as a matrix f of m rows, one a map, and k columns, one a place. */
function asMatrix(x: Tensor): { f: Tensor; m: number; k: number } {
  requireShape(
    x.shape.length === 4,
    () => `gram: takes feature maps [N, C, H, W], not ${x}; view it with four dimensions.`,
  );
  const m = x.shape[0]! * x.shape[1]!;
  const k = x.shape[2]! * x.shape[3]!;
  return { f: x.view([m, k]), m, k };
}
