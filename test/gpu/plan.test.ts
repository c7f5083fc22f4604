import { describe, expect, it } from 'vitest';
import { peakOf, planMemory, type Lifetime } from '../../src/gpu/plan.js';
import { uniform } from '../support/random.js';

/** Seeded lifetimes of a program with `steps` dispatches. */
function lifetimes(seed: number, count: number, steps: number): Lifetime[] {
  const numbers = uniform(seed, 3 * count, 0, 1);
  return Array.from({ length: count }, (_, i) => {
    const first = Math.floor(numbers[3 * i]! * steps);
    const last = Math.min(steps - 1, first + Math.floor(numbers[3 * i + 1]! * 8));
    return { bytes: 4 * (1 + Math.floor(numbers[3 * i + 2]! * 1000)), first, last };
  });
}

describe('planning memory', () => {
  it.each([1, 2, 3, 4, 5])('never lets two that are alive at once share a buffer (seed %i)', (seed) => {
    const lives = lifetimes(seed, 60, 40);
    const plan = planMemory(lives);
    lives.forEach((a, i) => {
      expect(plan.slotBytes[plan.slots[i]!]).toBeGreaterThanOrEqual(a.bytes);
      lives.forEach((b, j) => {
        const together = i !== j && a.first <= b.last && b.first <= a.last;
        if (together) expect(plan.slots[i]).not.toBe(plan.slots[j]);
      });
    });
  });

  it('reports the least that any plan takes, what separate buffers take, and stays between', () => {
    const lives = lifetimes(7, 80, 50);
    const plan = planMemory(lives);
    const alive = (at: number) => lives.filter(({ first, last }) => first <= at && at <= last);
    const peak = Math.max(
      ...Array.from({ length: 50 }, (_, at) => alive(at).reduce((sum, { bytes }) => sum + bytes, 0)),
    );
    const bytes = plan.slotBytes.reduce((sum, size) => sum + size, 0);
    expect(peakOf(lives)).toBe(peak);
    expect(plan.unsharedBytes).toBe(lives.reduce((sum, life) => sum + life.bytes, 0));
    expect(bytes).toBeGreaterThanOrEqual(peak);
    expect(bytes).toBeLessThan(plan.unsharedBytes / 2);
  });

  it('needs two buffers for a chain of any length, and none for nothing', () => {
    const chain = Array.from({ length: 30 }, (_, i) => ({ bytes: 64, first: i, last: i + 1 }));
    expect(planMemory(chain).slotBytes).toEqual([64, 64]);
    expect(planMemory([])).toEqual({ slots: [], slotBytes: [], unsharedBytes: 0 });
    expect(peakOf([])).toBe(0);
  });
});
