import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { ceilDiv, linearGrid, WORKGROUP_SIZE } from '../gpu/workgroups.js';

/** The most partial results of the first pass, which one workgroup combines in the second. */
const MOST_PARTS = 1024;

/** Elements that an invocation takes at a time. */
const VECTOR = 4;

/** Vectors that one invocation takes at least: fewer would leave nothing to do between two barriers. */
const FEWEST_EACH = 16;

const UNARY = { sum: 0, sumAbs: 1, maxAbs: 2 } as const;
const PAIR = { dot: 0, mse: 1 } as const;

/** Σx over all elements, as a scalar []. */
export function sum(recorder: Recorder, x: Tensor): Tensor {
  return reduce(recorder, 'sum', x, 1);
}

/** Σ|x| over all elements (the norm ‖x‖₁), as a scalar []. */
export function sumAbs(recorder: Recorder, x: Tensor): Tensor {
  return reduce(recorder, 'sumAbs', x, 1);
}

/** max|x| over all elements (the norm ‖x‖∞), as a scalar []. */
export function maxAbs(recorder: Recorder, x: Tensor): Tensor {
  return reduce(recorder, 'maxAbs', x, 1);
}

/**
 * Σ a·b over all elements (torch.dot of the flattened tensors), as a scalar []. a and b may be the same tensor.
 *
 * @throws ShapeError when their sizes differ.
 */
export function dot(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  return reducePair(recorder, 'dot', a, b, {});
}

/** Σ (weight·(a − b))² times `scale`, as a scalar []: what mse.ts is made of. */
export function squaredDistance(
  recorder: Recorder,
  a: Tensor,
  b: Tensor,
  weight: number,
  scale: number,
): Tensor {
  return reducePair(recorder, 'mse', a, b, { weight, scale });
}

/** The same, and factor·(a − b), of a's shape. */
export function distanceAndDifferences(
  recorder: Recorder,
  a: Tensor,
  b: Tensor,
  { weight, scale, factor }: { weight: number; scale: number; factor: number },
): { distance: Tensor; differences: Tensor } {
  const differences = recorder.temporary('mse.differences', a.shape);
  const distance = reducePair(recorder, 'mse', a, b, { weight, scale, differences, factor });
  return { distance, differences };
}

function reduce(recorder: Recorder, label: keyof typeof UNARY, x: Tensor, scale: number): Tensor {
  const { each, parts } = split(x.size);
  const result = recorder.temporary(parts === 1 ? label : `${label}.parts`, parts === 1 ? [] : [parts]);
  recorder.dispatch({
    label,
    shader: 'reduce',
    constants: { COUNT: x.size, EACH: each, MODE: UNARY[label], SCALE: parts === 1 ? scale : 1 },
    bindings: [read(x), write(result)],
    workgroups: linearGrid(parts, 1),
    flops: x.size,
  });
  if (parts === 1) return result;
  // The second pass adds up sums, and takes the largest of maxima.
  return finish(recorder, label, result, label === 'maxAbs' ? UNARY.maxAbs : UNARY.sum, scale);
}

/** What a reduction of two tensors is to make of them. */
interface PairUses {
  weight?: number;
  scale?: number;
  factor?: number;
  /** To be given factor·(a − b), where it is a distance. */
  differences?: Tensor;
}

function reducePair(
  recorder: Recorder,
  label: keyof typeof PAIR,
  a: Tensor,
  b: Tensor,
  { weight = 1, scale = 1, factor = 1, differences }: PairUses,
): Tensor {
  requireShape(a.size === b.size, () => `${label}: ${a} and ${b} differ in size.`);
  const { each, parts } = split(a.size);
  const result = recorder.temporary(parts === 1 ? label : `${label}.parts`, parts === 1 ? [] : [parts]);
  recorder.dispatch({
    label,
    shader: differences ? 'squared_distance' : 'reduce_pair',
    constants: {
      COUNT: a.size,
      EACH: each,
      WEIGHT: weight,
      SCALE: parts === 1 ? scale : 1,
      ...(differences ? { FACTOR: factor } : { MODE: PAIR[label] }),
    },
    types: { A: wgslType(a.dtype, VECTOR), B: wgslType(b.dtype, VECTOR) },
    bindings: [read(a), read(b), write(result), ...(differences ? [write(differences)] : [])],
    workgroups: linearGrid(parts, 1),
    flops: (label === 'dot' ? 2 : differences ? 5 : 4) * a.size,
  });
  return parts === 1 ? result : finish(recorder, label, result, UNARY.sum, scale);
}

function finish(recorder: Recorder, label: string, parts: Tensor, mode: number, scale: number): Tensor {
  const result = recorder.temporary(label, []);
  recorder.dispatch({
    label: `${label}.finish`,
    shader: 'reduce',
    constants: {
      COUNT: parts.size,
      EACH: ceilDiv(parts.size, WORKGROUP_SIZE * VECTOR),
      MODE: mode,
      SCALE: scale,
    },
    bindings: [read(parts), write(result)],
    workgroups: [1, 1, 1],
    flops: parts.size,
  });
  return result;
}

/** How many vectors an invocation takes, and how many workgroups that makes. */
function split(count: number): { each: number; parts: number } {
  const vectors = ceilDiv(count, VECTOR);
  const each = Math.max(FEWEST_EACH, ceilDiv(vectors, WORKGROUP_SIZE * MOST_PARTS));
  return { each, parts: ceilDiv(vectors, WORKGROUP_SIZE * each) };
}
