import { describe, expect, it } from 'vitest';
import { loadProbes, PLACES, recordLoads } from '../../bench/loads.js';
import { measurePeak } from '../../bench/probe.js';
import { uniform } from '../../bench/random.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
const VECTORS = 512;

describe('the loads', () => {
  it.each(PLACES)('from %s take every vector once in every invocation', async (place) => {
    const numbers = uniform(1, 4 * VECTORS, 0, 1);
    const expected = [0, 0, 0, 0];
    numbers.forEach((value, i) => (expected[i % 4]! += value));

    const x = gpu().constant('numbers', [numbers.length], numbers);
    const recorder = new Recorder(gpu());
    const totals = recordLoads(recorder, x, place, 2);
    const program = await recorder.freeze([totals]);
    program.run();
    const sums = await gpu().read(totals);
    program.dispose();
    gpu().free(x);

    expect(sums).toHaveLength(4 * 2 * 256);
    // 63 + 7 roundings, each of at most 2^-24 of a sum of positive numbers: 4.2e-6. A vector missed or taken twice is some 2e-3.
    for (const [i, sum] of sums.entries()) expect(Math.abs(sum / expected[i % 4]! - 1)).toBeLessThan(4.3e-6);
  });

  it('have a speed from each place', async () => {
    const { forms, perSecond } = await measurePeak(await loadProbes(gpu()));
    expect(forms.map(({ form }) => form).sort()).toEqual(PLACES.map((place) => `from ${place}`).sort());
    expect(perSecond).toBe(Math.max(...forms.map((form) => form.perSecond)));
    expect(forms.every((form) => form.perSecond > 0)).toBe(true);
  });
});
