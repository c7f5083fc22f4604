import { expect, test } from 'vitest';
import { Pace } from '../../src/style/pace.js';

/** Batch sizes of a run on an adapter that needs `cost(i)` milliseconds for its i-th batch's evaluations each. */
function batches(pace: Pace, count: number, cost: (batch: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const { batch } = pace;
    pace.measured(batch, batch * cost(i));
    return batch;
  });
}

test('batches grow from one to what fits the time, at most doubling', () => {
  expect(batches(new Pace(256, 250), 7, () => 10)).toEqual([1, 2, 4, 8, 16, 25, 25]);
});

test('slow adapters get one evaluation at a time', () => {
  expect(batches(new Pace(256, 250), 4, () => 900)).toEqual([1, 1, 1, 1]);
});

test('no batch exceeds the most, however fast', () => {
  expect(batches(new Pace(20, 250), 7, () => 0)).toEqual([1, 2, 4, 8, 16, 20, 20]);
});

test('a first evaluation that compiles is forgotten at once, a slow one later is half believed', () => {
  const pace = new Pace(256, 250);
  expect(batches(pace, 6, (i) => (i === 0 ? 20_000 : 50))).toEqual([1, 1, 2, 4, 5, 5]);
  pace.measured(5, 5 * 150);
  expect(pace.fitting(400)).toBe(4);
  expect(pace.batch).toBe(2);
  // All the time there is, as fast as it may grow.
  expect(pace.fitting(Infinity)).toBe(10);
});
