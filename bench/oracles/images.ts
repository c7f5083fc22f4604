import type { Normalisation } from '../../src/kernels/index.js';
import type { Oracle } from '../cases/case.js';
import { threefry2x32 } from './threefry.js';

type Numbers = ArrayLike<number>;

/** Samples of one axis that an output sample is made of, with their weights. */
function triangle(i: number, from: number, to: number): { first: number; weights: number[] } {
  const scale = from / to;
  const center = (i + 0.5) * scale;
  const reach = Math.max(scale, 1);
  const first = Math.max(0, Math.floor(center - reach));
  const last = Math.min(from - 1, Math.ceil(center + reach));
  const weights = Array.from({ length: last - first + 1 }, (_, k) =>
    Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach),
  );
  const sum = weights.reduce((a, b) => a + b);
  return { first, weights: weights.map((weight) => weight / sum) };
}

/** Squares of side `from` resized to side `to` by a triangle about each output's centre, as wide as an output. */
export function resized(from: number, to: number, x: Numbers): Oracle {
  return (at) => {
    const map = Math.floor(at / (to * to));
    const rows = triangle(Math.floor(at / to) % to, from, to);
    const columns = triangle(at % to, from, to);
    let sum = 0;
    rows.weights.forEach((down, i) =>
      columns.weights.forEach((across, j) => {
        sum += down * across * x[(map * from + rows.first + i) * from + columns.first + j]!;
      }),
    );
    return sum;
  };
}

/** One image of three channels, each by a factor and an offset of its own, perhaps in the other order. */
export function normalised(
  pixels: number,
  x: Numbers,
  { factors, offsets, reversed }: Normalisation,
): Oracle {
  return (at) => {
    const channel = Math.floor(at / pixels);
    const from = reversed ? 2 - channel : channel;
    return factors[channel]! * x[from * pixels + (at % pixels)]! + offsets[channel]!;
  };
}

/** RGBA bytes, opaque or laid on white, as planes of 0..1. */
export function unpacked(pixels: number, rgba: Uint8Array): Oracle {
  return (at) => {
    const pixel = 4 * (at % pixels);
    const alpha = rgba[pixel + 3]! / 255;
    return (rgba[pixel + Math.floor(at / pixels)]! / 255) * alpha + 1 - alpha;
  };
}

/** Planes of 0..1 as RGBA bytes, rounded, clamped and opaque. */
export function packed(pixels: number, x: Numbers): Oracle {
  return (at) => {
    const channel = at % 4;
    if (channel === 3) return 255;
    const value = x[channel * pixels + Math.floor(at / 4)]!;
    return Math.floor(255 * Math.min(Math.max(value, 0), 1) + 0.5);
  };
}

/** The two fractions of 24 bits that noise from `seed` (below 2³²) makes element `at` of. */
function fractions(at: number, seed: number): [number, number] {
  const [a, b] = threefry2x32([at, 0], [seed, 0]);
  return [(a >>> 8) / 2 ** 24, (b >>> 8) / 2 ** 24];
}

/** Uniform noise in 0..1. */
export function uniformNoise(seed: number): Oracle {
  return (at) => fractions(at, seed)[0];
}

/** Standard normal noise, by Box and Muller. */
export function normalNoise(seed: number): Oracle {
  return (at) => {
    const [a, b] = fractions(at, seed);
    return Math.sqrt(-2 * Math.log(a + 2 ** -24)) * Math.cos(2 * Math.PI * b);
  };
}
