import * as kernels from '../../src/kernels/index.js';
import { normalisationOf, PREPROCESSINGS } from '../../src/vgg/preprocessing.js';
import * as oracles from '../oracles/images.js';
import { total } from '../oracles/losses.js';
import { backward, type Case, forward } from './case.js';

const SEED = 1;

/** What works on the image of n × n itself, and what the optimiser is made of. */
export function images(n: number): Case[] {
  return [...reductions(n), ...arithmetic(n), ...bounds(n), ...pictures(n)];
}

function reductions(n: number): Case[] {
  const { x, at } = image(n);
  return [
    forward('sum', at, {
      record: (r, { tensor }) => kernels.sum(r, tensor(x)),
      oracle:
        ([a]) =>
        () =>
          total(a!.length, (i) => a![i]!),
    }),
    forward('sumAbs', at, {
      record: (r, { tensor }) => kernels.sumAbs(r, tensor(x)),
      oracle:
        ([a]) =>
        () =>
          total(a!.length, (i) => Math.abs(a![i]!)),
    }),
    forward('maxAbs', at, {
      record: (r, { tensor }) => kernels.maxAbs(r, tensor(x)),
      oracle:
        ([a]) =>
        () =>
          a!.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
    }),
    forward('dot', at, {
      record: (r, { tensor }) => kernels.dot(r, tensor(x), tensor(x)),
      oracle:
        ([a, b]) =>
        () =>
          total(a!.length, (i) => a![i]! * b![i]!),
    }),
  ];
}

function arithmetic(n: number): Case[] {
  const { x, at } = image(n);
  return [
    forward('add', at, {
      record: (r, { tensor }) => kernels.add(r, tensor(x), tensor(x)),
      oracle:
        ([a, b]) =>
        (i) =>
          a![i]! + b![i]!,
    }),
    forward('multiply', at, {
      record: (r, { tensor }) => kernels.multiply(r, tensor(x), tensor(x)),
      oracle:
        ([a, b]) =>
        (i) =>
          a![i]! * b![i]!,
    }),
    forward('axpy', at, {
      record: (r, { tensor }) => {
        const y = tensor(x);
        kernels.axpy(r, 0.5, tensor(x), y);
        return y;
      },
      oracle:
        ([y, a]) =>
        (i) =>
          0.5 * a![i]! + y![i]!,
    }),
    forward('scaled', at, {
      record: (r, { tensor }) => kernels.scaled(r, tensor(x), 3),
      oracle:
        ([a]) =>
        (i) =>
          3 * a![i]!,
    }),
    forward('scaledBy', at, {
      record: (r, { tensor }) => kernels.scaledBy(r, tensor([]), tensor(x)),
      oracle:
        ([factor, a]) =>
        (i) =>
          factor![0]! * a![i]!,
    }),
    forward('expand', at, {
      record: (r, { tensor, unread }) => kernels.expand(r, tensor([]), unread(x)),
      oracle:
        ([scalar]) =>
        () =>
          scalar![0]!,
    }),
    forward('copy', at, {
      record: (r, { tensor, unread }) => {
        const y = unread(x);
        kernels.copy(r, tensor(x), y);
        return y;
      },
      oracle:
        ([, a]) =>
        (i) =>
          a![i]!,
    }),
    forward('fill', at, {
      record: (r, { unread }) => {
        const y = unread(x);
        kernels.fill(r, y, 0.5);
        return y;
      },
      oracle: () => () => 0.5,
    }),
  ];
}

function bounds(n: number): Case[] {
  const { x, at } = image(n);
  return [
    forward('clamped', at, {
      record: (r, { tensor }) => kernels.clamped(r, tensor(x), 0, 0.5),
      oracle:
        ([a]) =>
        (i) =>
          Math.min(Math.max(a![i]!, 0), 0.5),
    }),
    backward('clamped.dInput', at, {
      record: (r, { tensor }) => kernels.clampedBackward(r, tensor(x), tensor(x), 0, 0.5),
      oracle:
        ([a, dy]) =>
        (i) =>
          a![i]! >= 0 && a![i]! <= 0.5 ? dy![i]! : 0,
    }),
  ];
}

/** As a network of Caffe's wants it. */
const CAFFE = normalisationOf(PREPROCESSINGS.caffe)!;

/** What gets pictures in and out. */
function pictures(n: number): Case[] {
  const { x, at } = image(n);
  return [
    forward('normalise', at, {
      record: (r, { tensor }) => kernels.normalise(r, tensor(x), CAFFE),
      oracle: ([a]) => oracles.normalised(n * n, a!, CAFFE),
    }),
    backward('normalise.dInput', at, {
      record: (r, { tensor }) => kernels.normaliseBackward(r, tensor(x), CAFFE),
      oracle: ([dy]) => oracles.normalised(n * n, dy!, { ...CAFFE, offsets: [0, 0, 0] }),
    }),
    forward('uniformNoise', at, {
      record: (r, { unread }) => {
        const y = unread(x);
        kernels.uniformNoise(r, y, { seed: SEED });
        return y;
      },
      oracle: () => oracles.uniformNoise(SEED),
    }),
    forward('normalNoise', at, {
      record: (r, { unread }) => {
        const y = unread(x);
        kernels.normalNoise(r, y, { seed: SEED });
        return y;
      },
      oracle: () => oracles.normalNoise(SEED),
    }),
    forward('unpackImage', at, {
      record: (r, { tensor }) => kernels.unpackImage(r, tensor([n, n])),
      oracle: ([words]) => oracles.unpacked(n * n, new Uint8Array(kernels.pixelBytes(words!))),
    }),
    forward('packImage', at, {
      record: (r, { tensor }) => kernels.packImage(r, tensor(x)),
      oracle: ([a]) => oracles.packed(n * n, a!),
      decode: (words) => kernels.pixelBytes(words),
    }),
    ...[4 * n, n >> 1].map((from) =>
      forward('resize', `3 @ ${from}² → ${n}²`, {
        record: (r, { tensor }) => kernels.resize(r, tensor([1, 3, from, from]), n, n),
        oracle: ([a]) => oracles.resized(from, n, a!),
      }),
    ),
    forward('crop', `3 @ ${2 * n}² → ${n}²`, {
      record: (r, { tensor }) => {
        const window = { top: n >> 1, left: n >> 1, height: n, width: n };
        return kernels.crop(r, tensor([1, 3, 2 * n, 2 * n]), window);
      },
      oracle:
        ([a]) =>
        (i) => {
          const [map, row, column] = [Math.floor(i / (n * n)), Math.floor(i / n) % n, i % n];
          return a![(map * 2 * n + (n >> 1) + row) * 2 * n + (n >> 1) + column]!;
        },
    }),
  ];
}

function image(n: number) {
  return { x: [1, 3, n, n], at: `3 @ ${n}²` };
}
