import { read, update, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import { type GramVariant, planGram } from './gram-plan.js';
import { padRows } from './pad-rows.js';
import { gramShape } from './shapes.js';

/**
 * The Gram matrix of feature maps, F·Fᵀ / (N·C·H·W), with F the maps as a matrix of N·C rows and H·W columns: the
 * style representation of Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks"
 * (2016), equation 3, under the normalisation of PyTorch's style transfer tutorial. With more than one image the
 * rows of all of them are multiplied with one another, as that tutorial does.
 *
 * Only the half on and above the diagonal is computed; the other is its mirror image, to the last bit.
 *
 * @param x feature maps [N, C, H, W]
 * @returns [N·C, N·C]
 * @throws ShapeError when x is not four-dimensional.
 */
export function gram(recorder: Recorder, x: Tensor): Tensor {
  const { f, m, k } = asMatrix(x);
  const variant = chooseVariant(recorder, 'gram', m, k);
  const { slices, slice, workgroups } = planGram(variant, m, k);
  const scale = 1 / x.size;

  const g = recorder.temporary('gram', [m, m]);
  const split = slices > 1;
  const target = split ? recorder.temporary('gram.partials', [slices, m, m]) : g;
  const constants = { M: m, SCALE: split ? 1 : scale, MIRROR: split ? 0 : 1 };
  // As many multiply-adds as there are distinct entries times columns: what the result needs, not the full product.
  const call = { label: 'gram', workgroups, flops: m * (m + 1) * k };
  if (variant === 'lanes') {
    const padded = padRows(recorder, f, 4);
    recorder.dispatch({
      ...call,
      shader: 'gram_lanes',
      constants: { ...constants, K4: padded.shape[1]! / 4, SLICE4: slice / 4 },
      bindings: [read(padded), write(target)],
    });
  } else {
    recorder.dispatch({
      ...call,
      shader: 'gram_tiled',
      constants: { ...constants, K: k, SLICE: slice },
      bindings: [read(f), write(target)],
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
  const { f, m, k } = asMatrix(x);
  requireShape(
    dy.shape.length === 2 && dy.shape[0] === m && dy.shape[1] === m,
    () => `gram.dInput: the gradient of ${x}'s Gram matrix must be [${m}, ${m}], not ${dy}.`,
  );
  requireShape(
    into === undefined || into.size === x.size,
    () => `gram.dInput: ${into} and ${x} differ in size.`,
  );
  const dx = into ?? recorder.temporary('gram.dInput', x.shape);
  const scale = 1 / x.size;
  const accumulate = into ? 1 : 0;
  const output = into ? update(dx) : write(dx);
  const call = { label: 'gram.dInput', flops: 2 * m * m * k };
  if (chooseVariant(recorder, 'gram.dInput', m, k) === 'tiled') {
    recorder.dispatch({
      ...call,
      shader: 'gram_backward_tiled',
      constants: { M: m, K: k, SCALE: scale, ACCUMULATE: accumulate },
      bindings: [read(f), read(dy), output],
      workgroups: [ceilDiv(k, 64), ceilDiv(m, 64), 1],
    });
    return dx;
  }
  const width = ceilDiv(m, 16) * 16;
  const symmetric = recorder.temporary('gram.symmetric', [width, width]);
  recorder.dispatch({
    label: 'gram.symmetrise',
    shader: 'gram_symmetrise',
    constants: { M: m, WIDTH: width, SCALE: scale },
    bindings: [read(dy), write(symmetric)],
    workgroups: linearGrid(width * width),
    flops: 2 * m * m,
  });
  const padded = padRows(recorder, f, 4);
  const k4 = padded.shape[1]! / 4;
  recorder.dispatch({
    ...call,
    shader: 'gram_backward_lanes',
    constants: { M: m, K: k, K4: k4, WIDTH4: width / 4, ACCUMULATE: accumulate },
    bindings: [read(padded), read(symmetric), output],
    workgroups: [ceilDiv(k4, 128), width / 16, 1],
  });
  return dx;
}

/** Workgroup memory is what makes a GPU fast; on a processor it only costs. */
function chooseVariant(recorder: Recorder, operation: string, m: number, k: number): GramVariant {
  const { software } = recorder.gpu.facts;
  return recorder.choose<GramVariant>(
    operation,
    gramShape(m, k),
    software ? ['lanes', 'tiled'] : ['tiled', 'lanes'],
  );
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
