import { describe, expect, it } from 'vitest';
import { cubicMinimum, type Probe, strongWolfe } from '../../src/lbfgs/index.js';
import { uniform } from '../support/random.js';

type Line = (t: number) => { loss: number; slope: number };

/** Runs a search on a function of t, and notes where it looked and what it was told to keep. */
async function search(line: Line, first: number, options = {}) {
  const probes: Probe[] = [];
  const start: Probe = { t: 0, ...line(0) };
  const result = await strongWolfe(
    start,
    first,
    1,
    async (t, alive) => {
      // Whatever may still be returned is known already, and never more than two of them have to be kept.
      for (const probe of alive) expect([start, ...probes]).toContain(probe);
      expect(new Set(alive).size).toBeLessThanOrEqual(2);
      const probe = { t, ...line(t) };
      probes.push(probe);
      return probe;
    },
    options,
  );
  return { ...result, probes, start };
}

const wolfe = ({ probe, start }: { probe: Probe; start: Probe }, c1 = 1e-4, c2 = 0.9) => ({
  decrease: probe.loss <= start.loss + c1 * probe.t * start.slope,
  curvature: Math.abs(probe.slope) <= c2 * Math.abs(start.slope),
});

describe('cubicMinimum', () => {
  it('is exact on a cubic, whichever end comes first', () => {
    // t³ − 3t: minimum at 1.
    const at = (t: number): Probe => ({ t, loss: t ** 3 - 3 * t, slope: 3 * t * t - 3 });
    expect(cubicMinimum(at(0.2), at(3))).toBeCloseTo(1, 12);
    expect(cubicMinimum(at(3), at(0.2))).toBeCloseTo(1, 12);
  });

  it('keeps within its bounds, and takes the middle where the cubic has no minimum or is no cubic', () => {
    const at = (t: number): Probe => ({ t, loss: t ** 3 - 3 * t, slope: 3 * t * t - 3 });
    expect(cubicMinimum(at(0.2), at(3), 1.5, 2)).toBe(1.5);
    const rising = (t: number): Probe => ({ t, loss: t ** 3 + t, slope: 3 * t * t + 1 });
    expect(cubicMinimum(rising(-1), rising(2))).toBe(0.5);
    const straight = (t: number): Probe => ({ t, loss: -t, slope: -1 });
    expect(cubicMinimum(straight(0), straight(2))).toBe(1);
  });
});

describe('strongWolfe', () => {
  it('takes the first look where that is good already', async () => {
    const run = await search((t) => ({ loss: (t - 1) ** 2, slope: 2 * (t - 1) }), 1);
    expect(run.evaluations).toBe(1);
    expect(run.probe.t).toBe(1);
  });

  it.each([
    ['a parabola far away', (t: number) => ({ loss: (t - 50) ** 2, slope: 2 * (t - 50) }), 0.01],
    ['a parabola close by', (t: number) => ({ loss: (t - 0.001) ** 2, slope: 2 * (t - 0.001) }), 10],
    ['a quartic', (t: number) => ({ loss: (t - 3) ** 4, slope: 4 * (t - 3) ** 3 }), 100],
    [
      'a wave on a slope',
      (t: number) => ({ loss: Math.sin(5 * t) - t / 3, slope: 5 * Math.cos(5 * t) - 1 / 3 }),
      0.01,
    ],
    // Moré and Thuente's first function (1994, equation 5.1, β = 2), as a descent from 0.
    [
      '−t / (t² + 2)',
      (t: number) => ({ loss: -t / (t * t + 2), slope: (t * t - 2) / (t * t + 2) ** 2 }),
      0.001,
    ],
  ] satisfies [string, Line, number][])('satisfies both conditions on %s', async (_, line, first) => {
    // The wave falls at first only from where its slope is negative.
    const from = line(0).slope < 0 ? 0 : 0.5;
    const shifted: Line = (t) => line(t + from);
    for (const c2 of [0.9, 0.1]) {
      const run = await search(shifted, first, { c2 });
      expect(wolfe(run, 1e-4, c2)).toEqual({ decrease: true, curvature: true });
      expect(run.evaluations).toBe(run.probes.length);
    }
  });

  it('satisfies the sufficient decrease on random quartics, and returns the lowest end of its bracket', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const [a, b, c] = uniform(seed, 3, 0.1, 3);
      const line: Line = (t) => ({
        loss: a! * t ** 4 - b! * t ** 3 - c! * t,
        slope: 4 * a! * t ** 3 - 3 * b! * t * t - c!,
      });
      const run = await search(line, 10 ** (seed % 5) / 100);
      expect(wolfe(run).decrease).toBe(true);
      expect(run.probe.loss).toBe(Math.min(...run.probes.map(({ loss }) => loss)));
    }
  });

  it('gives up after its iterations, with the better of the start and the last', async () => {
    const endless = await search((t) => ({ loss: -t, slope: -1 }), 1, { maxIterations: 5 });
    expect(endless.evaluations).toBe(6);
    expect(endless.probe).toBe(endless.probes.at(-1));
    const liar = await search((t) => ({ loss: t, slope: -1 }), 1, { maxIterations: 5 });
    expect(liar.probe).toBe(liar.start);
  });

  it('stops where the bracket is narrower than can matter', async () => {
    const kink: Line = (t) => ({ loss: Math.abs(t - 0.3), slope: t < 0.3 ? -1 : 1 });
    const run = await search(kink, 1, { toleranceChange: 1e-3, maxIterations: 200 });
    expect(run.evaluations).toBeLessThan(60);
    expect(Math.abs(run.probe.t - 0.3)).toBeLessThan(1e-3);
  });
});
