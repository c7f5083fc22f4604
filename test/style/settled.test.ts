import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../src/lbfgs/index.js';
import { hasSettled } from '../../src/style/settled.js';

/** A log of evaluations that moved or did not, with a loss that changes unless it is given. */
function log(moves: readonly boolean[], loss?: number, more: Partial<LogEntry> = {}): LogEntry[] {
  return moves.map((moved, i) => ({
    evaluation: i + 1,
    loss: loss ?? 1 / (i + 1),
    gradient: 1,
    length: 1,
    reason: 'none',
    moved,
    best: false,
    restored: false,
    steepest: false,
    kept: false,
    opensStep: false,
    dropped: false,
    ...more,
  }));
}

const times = (count: number, moved: boolean) => new Array<boolean>(count).fill(moved);

describe('an optimisation has settled', () => {
  test('after four evaluations without a move, and not after three or with one between', () => {
    expect(hasSettled(log([true, ...times(4, false)]))).toBe(true);
    expect(hasSettled(log(times(3, false)))).toBe(false);
    expect(hasSettled(log([false, false, true, false, false]))).toBe(false);
  });

  test('not while it goes back to its best image', () => {
    expect(hasSettled(log(times(8, false), undefined, { restored: true }))).toBe(false);
  });

  test('after fifty moves that leave the loss as it was', () => {
    expect(hasSettled(log(times(50, true), 3))).toBe(true);
    expect(hasSettled(log(times(49, true), 3))).toBe(false);
    expect(hasSettled(log(times(60, true)))).toBe(false);
  });
});
