import { median } from '../statistics.js';

/** A figure measured several times. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** The middle value, or the mean of the two in the middle, between the least and the most. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('a spread of no values');
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** The quotients of what was measured in the same round, so that what slows a machine down for a while cancels. */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  const rounds = Math.min(over.length, under.length);
  return Array.from({ length: rounds }, (_, i) => over[i]! / under[i]!);
}
