import { describe, expect, it } from 'vitest';
import { commonStep, median, ratioOfMedians } from '../../bench/statistics.js';
import { repeating, uniform } from '../../bench/random.js';

it('takes the middle, and the mean of two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

it('finds the step that a clock counts in', () => {
  expect(commonStep([65_536, 131_072, 655_360])).toBe(65_536);
  expect(commonStep([1_000_001, 999_983])).toBe(1);
  expect(commonStep([0, 300, 200])).toBe(100);
  expect(commonStep([])).toBe(0);
});

describe('the ratio of medians', () => {
  const rounds = [
    [10, 11, 12],
    [9, 10, 11],
  ];
  const times = (factor: number) => rounds.map((round) => round.map((t) => factor * t));

  it('is that of all repeats, and its interval holds it', () => {
    const { ratio, low, high } = ratioOfMedians(times(2), rounds, 0.99);
    expect(ratio).toBe(2);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
    // No draw can go beyond the extremes of what was measured.
    expect(low).toBeGreaterThanOrEqual(18 / 12);
    expect(high).toBeLessThanOrEqual(24 / 9);
  });

  it('has no width where nothing varies', () => {
    expect(ratioOfMedians([[6, 6], [6]], [[3], [3, 3]], 0.99)).toEqual({ ratio: 2, low: 2, high: 2 });
  });

  it('is the same each time, since the draws are seeded', () => {
    expect(ratioOfMedians(times(1.1), rounds, 0.95)).toEqual(ratioOfMedians(times(1.1), rounds, 0.95));
  });

  it('is less sure when rounds differ than when repeats do', () => {
    const width = (b: number[][]) => {
      const { low, high } = ratioOfMedians(b, [[1]], 0.9);
      return high - low;
    };
    // The same twelve numbers: three of each kind in each of four rounds, or each kind in a round of its own.
    const mixed = [1, 2, 3, 4].map(() => [1, 2, 3, 4]);
    const apart = [1, 2, 3, 4].map((t) => [t, t, t, t]);
    expect(width(apart)).toBeGreaterThan(width(mixed));
  });

  it('holds the truth about as often as it says', () => {
    // 100 pairs of runs of one program, five rounds of five repeats each, whose noise is that of the repeats.
    const held = Array.from({ length: 100 }, (_, trial) => {
      const run = (seed: number) => {
        const noise = uniform(seed, 25, 1, 2);
        return Array.from({ length: 5 }, (_, round) => [...noise.subarray(5 * round, 5 * round + 5)]);
      };
      const { low, high } = ratioOfMedians(run(2 * trial + 1), run(2 * trial + 2), 0.9);
      return low <= 1 && high >= 1;
    });
    // Of 100 trials at 90 %, 10 fail on average, and 19 are three standard deviations (√(100 · 0.9 · 0.1) = 3) more. That
    // some do fail shows that the interval is not merely wide.
    expect(held.filter((holds) => !holds).length).toBeLessThanOrEqual(19);
    expect(held.some((holds) => !holds)).toBe(true);
  });
});

it('repeats seeded numbers after a prime number of them', () => {
  const numbers = repeating(3, 2_200_000);
  expect(numbers.subarray(0, 1000)).toEqual(uniform(3, 1000));
  for (const at of [1_048_572, 1_048_573, 2_097_145, 2_097_146, 2_199_999]) {
    expect(numbers[at]).toBe(numbers[at % 1_048_573]);
  }
  expect(repeating(4, 10)).not.toEqual(repeating(3, 10));
});
