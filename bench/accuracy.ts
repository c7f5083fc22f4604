import type { Oracle } from './cases/case.js';
import { generator } from './random.js';

/** How far an output is from its oracle. */
export interface Accuracy {
  /** The largest difference, as a share of the largest number that was expected; of itself where that is 0. */
  relative: number;
  /** How many of the output's elements were looked at, */
  checked: number;
  /** and how many there are. */
  of: number;
}

/** Outputs with more elements than this are checked at so many, for float64 on the host is slow. */
export const SAMPLES = 256;

/** Compares with the oracle: every element where there are few, else the first, the last and a seeded choice. */
export function accuracy(output: ArrayLike<number>, oracle: Oracle): Accuracy {
  const places = samplePlaces(output.length);
  let [largest, apart] = [0, 0];
  for (const at of places) {
    const expected = oracle(at);
    const difference = Math.abs(output[at]! - expected);
    // What is not a number is as wrong as can be, and must not get lost in a comparison.
    apart = Math.max(apart, Number.isNaN(difference) ? Infinity : difference);
    largest = Math.max(largest, Math.abs(expected));
  }
  return { relative: apart / (largest || 1), checked: places.length, of: output.length };
}

/** Where to look in an output of `count` elements, each place once. */
export function samplePlaces(count: number): number[] {
  if (count <= SAMPLES) return Array.from({ length: count }, (_, i) => i);
  const random = generator(7);
  const places = new Set([0, count - 1]);
  while (places.size < SAMPLES) places.add(Math.floor(random() * count));
  return [...places];
}
