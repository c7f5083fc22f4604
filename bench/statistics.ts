import { generator } from './random.js';

/** Milliseconds of each repeat, by the round that it was made in. Rounds lie minutes apart, repeats milliseconds. */
export type Rounds = readonly (readonly number[])[];

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A ratio with the interval that it lies in at the confidence asked for. */
export interface Ratio {
  ratio: number;
  low: number;
  high: number;
}

const RESAMPLES = 1000;

/**
 * How many times as long b takes as a: the ratio of the medians of all repeats, with a percentile bootstrap interval
 * (Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). Repeats of one round share what the
 * machine was doing just then and tell less than as many independent ones, so rounds are drawn first, and then repeats
 * within each round drawn (Davison & Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).
 *
 * The draws are seeded: the same numbers give the same interval.
 *
 * @param confidence the probability that the interval is to hold, e.g. 0.99.
 */
export function ratioOfMedians(b: Rounds, a: Rounds, confidence: number): Ratio {
  const random = generator(1);
  const ratios = Array.from(
    { length: RESAMPLES },
    () => median(redraw(b, random)) / median(redraw(a, random)),
  ).sort((x, y) => x - y);
  const tail = (1 - confidence) / 2;
  return {
    ratio: median(b.flat()) / median(a.flat()),
    low: ratios[Math.floor(tail * (RESAMPLES - 1))]!,
    high: ratios[Math.ceil((1 - tail) * (RESAMPLES - 1))]!,
  };
}

function redraw(rounds: Rounds, random: () => number): number[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const drawn: number[] = [];
  for (let i = 0; i < rounds.length; i++) {
    const round = pick(rounds);
    for (let j = 0; j < round.length; j++) drawn.push(pick(round));
  }
  return drawn;
}

/** The largest number that all of the given whole numbers are multiples of; 0 of none. */
export function commonStep(values: readonly number[]): number {
  return values.reduce((step, value) => {
    let [a, b] = [step, Math.round(value)];
    while (b > 0) [a, b] = [b, a % b];
    return a;
  }, 0);
}
