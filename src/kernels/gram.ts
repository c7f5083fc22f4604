import { read, uniform, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { linearGrid } from '../gpu/workgroups.js';
import {
  gramBackwardBroadcast,
  gramBackwardLanes,
  gramBackwardTiled,
  type Product,
} from './gram-backward.js';
import { type Symmetric, symmetrised } from './gram-symmetric.js';
import { BROADCAST_LANES, type GramVariant, gramVariants, planGram } from './gram-plan.js';
import { padRows } from './pad-rows.js';
import { gramShape } from './shapes.js';

const SHADERS = { lanes: 'gram_lanes', tiled: 'gram_tiled' } as const;

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
  const variant = chooseVariant(recorder, 'gram', f);
  const { slices, slice, workgroups } = planGram(variant, m, k);
  const scale = 1 / x.size;

  const g = recorder.temporary('gram', [m, m]);
  const split = slices > 1;
  const target = split ? recorder.temporary('gram.partials', [slices, m, m]) : g;
  const constants = { M: m, SCALE: split ? 1 : scale, MIRROR: split ? 0 : 1 };
  // As many multiply-adds as there are distinct entries times columns: what the result needs, not the full product.
  const call = { label: 'gram', workgroups, flops: m * (m + 1) * k };
  const padded = padRows(recorder, f, 4);
  const [k4, slice4] = [padded.shape[1]! / 4, slice / 4];
  const types = { Four: wgslType(f.dtype, 4) };
  if (variant === 'broadcast') {
    const numbers = [m, k4, slice4, constants.SCALE, constants.MIRROR, 16 * BROADCAST_LANES];
    recorder.dispatch({
      ...call,
      shader: 'gram_broadcast',
      types,
      bindings: [read(padded), uniform(recorder.parameters('gram.sizes', numbers)), write(target)],
    });
  } else {
    recorder.dispatch({
      ...call,
      shader: SHADERS[variant],
      constants: { ...constants, K4: k4, SLICE4: slice4 },
      types,
      bindings: [read(padded), write(target)],
    });
  }
  if (split) {
    recorder.dispatch({
      label: 'gram.reduce',
      shader: 'gram_reduce',
      constants: { M: m, SLICES: slices, SCALE: scale },
      bindings: [read(target), write(g)],
      workgroups: linearGrid(m * m),
      flops: (m * (m + 1) * slices) / 2,
    });
  }
  return g;
}

const BACKWARD = {
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
  const variant = chooseVariant(recorder, 'gram.dInput', f);
  const product: Product = { f, symmetric, into: into?.view([m, k]), flops: 2 * m * m * k };
  const df = BACKWARD[variant](recorder, product);
  return into ?? df.view(x.shape);
}

function chooseVariant(recorder: Recorder, operation: string, f: Tensor): GramVariant {
  const [m, k] = f.shape as [number, number];
  return recorder.choose(operation, gramShape(m, k, f.dtype), gramVariants(recorder.gpu.facts));
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
