import { expect, it } from 'vitest';
import { timeWork } from '../../../src/gpu/tuning/stopwatch.js';

/** Work that takes so long by the clock, and so long of all processors together. */
function timed(clock: number, processors: number) {
  let spent = 1000;
  const work = () => {
    spent += processors;
    return Promise.resolve(clock);
  };
  return timeWork(work, () => spent);
}

it('goes by the clock while nobody else has the processors', async () => {
  expect(await timed(10, 20)).toEqual({ milliseconds: 10, disturbed: false });
  expect(await timed(10, 9)).toEqual({ milliseconds: 9, disturbed: false });
});

it('goes by the processors where the clock ran on without them', async () => {
  expect(await timed(100, 20)).toEqual({ milliseconds: 20, disturbed: true });
});

it('has the clock alone where the adapter is no processor', async () => {
  expect(await timeWork(() => Promise.resolve(5))).toEqual({ milliseconds: 5, disturbed: false });
});
