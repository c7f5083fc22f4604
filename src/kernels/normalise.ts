import { read, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { elementwise, elementwiseGradient, requireEqualSizes } from './elementwise.js';

type Triple = readonly [number, number, number];

/** An affine map of each of three channels: y[c] = factors[c] · x[c or 2 − c] + offsets[c]. */
export interface Normalisation {
  /** By output channel; finite. */
  readonly factors: Triple;
  /** Likewise. */
  readonly offsets: Triple;
  /** Whether the channels change their order, from RGB to BGR or back. */
  readonly reversed: boolean;
}

/**
 * An image [N, 3, H, W] as a network wants it, into new memory of its shape. With 1/deviation for factors and
 * −mean/deviation for offsets it is torchvision's `transforms.Normalize`.
 *
 * @throws ShapeError for anything but three channels.
 */
export function normalise(recorder: Recorder, x: Tensor, normalisation: Normalisation): Tensor {
  requireImage('normalise', x);
  const y = recorder.temporary('normalise', x.shape);
  elementwise(recorder, {
    ...call('normalise', x, normalisation),
    bindings: [read(x), write(y)],
    count: x.size,
  });
  return y;
}

/**
 * The gradient of normalise, which is the same map of dy without the offsets: dx[c] = factors[c′] · dy[c′], where c′ is
 * the channel that c went to.
 *
 * @param into a tensor of dy's shape to add the gradient to; without it, new memory.
 * @returns `into`, or the new tensor.
 */
export function normaliseBackward(
  recorder: Recorder,
  dy: Tensor,
  { factors, reversed }: Normalisation,
  into?: Tensor,
): Tensor {
  requireImage('normalise.dInput', dy);
  requireEqualSizes('normalise.dInput', dy, into ?? dy);
  const [first, second, third] = factors;
  const transposed: Normalisation = {
    factors: reversed ? [third, second, first] : factors,
    offsets: [0, 0, 0],
    reversed,
  };
  return elementwiseGradient(
    recorder,
    { ...call('normalise.dInput', dy, transposed), bindings: [dy] },
    dy,
    into,
  );
}

function call(label: string, { shape }: Tensor, { factors, offsets, reversed }: Normalisation) {
  return {
    label,
    shader: 'normalise',
    constants: {
      ...Object.fromEntries(factors.map((factor, c) => [`FACTOR_${c}`, factor])),
      ...Object.fromEntries(offsets.map((offset, c) => [`OFFSET_${c}`, offset])),
      REVERSED: reversed ? 1 : 0,
    },
    plane: shape[2]! * shape[3]!,
    flops: 2,
  } as const;
}

function requireImage(label: string, x: Tensor): void {
  requireShape(
    x.shape.length === 4 && x.shape[1] === 3,
    () => `${label}: takes images of three channels [N, 3, H, W], not ${x}.`,
  );
}
