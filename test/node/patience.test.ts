import { expect, it, vi } from 'vitest';
import { patiently } from '../../src/node/patience.js';

/** How often the event loop goes round while something is waited for. */
async function turnsDuring(wait: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await wait();
  done = true;
  return turns;
}

const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('gives what was promised, or why it was not', async () => {
  expect(await patiently(Promise.resolve(7))).toBe(7);
  await expect(patiently(Promise.reject(new Error('lost')))).rejects.toThrow('lost');
});

it('leaves the processor alone meanwhile', async () => {
  // Each turn sleeps 4 % of what has been waited: ln(300 / 1.25) / 0.04 is below 140 turns, and about 25 before the first
  // sleep would not even be noticed among the thousands of a loop that never sleeps. A slow machine makes fewer.
  expect(await turnsDuring(() => patiently(later(300)))).toBeLessThan(2000);
});

it('waits for several things at once, whichever comes first', async () => {
  const order: string[] = [];
  const turns = await turnsDuring(() =>
    Promise.all([
      patiently(later(200)).then(() => order.push('second')),
      patiently(later(20)).then(() => order.push('first')),
    ]),
  );
  expect(order).toEqual(['first', 'second']);
  expect(turns).toBeLessThan(2000);
});

it('sleeps once a turn, however many waits have followed each other', async () => {
  const asleep = vi.spyOn(Atomics, 'wait');
  // Each begins in the turn in which the one before it ends, as one GPU wait after another does.
  for (let i = 0; i < 200; i++) await patiently(new Promise((resolve) => setImmediate(resolve)));
  asleep.mockClear();
  const turns = await turnsDuring(() => patiently(later(100)));
  expect(asleep.mock.calls.length).toBeGreaterThan(0);
  expect(asleep.mock.calls.length).toBeLessThanOrEqual(turns);
  asleep.mockRestore();
});

it('lets the event loop run freely when there is nothing to wait for', async () => {
  await patiently(later(50));
  // Were each turn to sleep 2 ms, as at the end of a long wait, 2500 of them would take 5 s, and the timer come first.
  const raced = await Promise.race([later(3000).then(() => 'timer'), spin(2500)]);
  expect(raced).toBe('turns');
});

function spin(turns: number): Promise<string> {
  return new Promise((resolve) => {
    const turn = (left: number) => (left === 0 ? resolve('turns') : void setImmediate(turn, left - 1));
    turn(turns);
  });
}
