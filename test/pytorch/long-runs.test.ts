/** Long runs of the seed's program beside PyTorch 1.13's. Not for the browser, where they would take minutes. */
import { expect, it } from 'vitest';
import { loadFixture } from '../support/fixtures.js';
import { useGpu } from '../support/gpu.js';
import { useSeedRuns } from './seed-run.js';

const { longRuns } = await loadFixture('seed-run');
const seedRun = useSeedRuns(useGpu());

// The largest of the four runs is left out: minutes on two cores, for nothing that the others do not show.
it.each(longRuns.filter(({ size, gain }) => size < 64 || gain < 1))(
  'the loss after 200 evaluations at $size² (gain $gain), unclamped, within 2 %',
  async ({ size, gain, rule, evaluations, f64 }) => {
    const last = evaluations.at(-1)!;
    const scores = await seedRun({ size, gain, rule, evaluations: last, clamp: 'none' });
    const expected = f64.style.at(-1)! + f64.content.at(-1)!;
    expect(Math.abs(scores[last - 1]!.total - expected) / expected).toBeLessThan(0.02);
  },
  300_000,
);
