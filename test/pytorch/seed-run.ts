import { afterAll } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu.js';
import { type Scores, StyleJob } from '../../src/style/job.js';
import { resolveStyleOptions } from '../../src/style/options.js';
import type { VggFilters } from '../../src/vgg/network.js';
import { seededFilters } from '../support/filters.js';
import type { StopRule } from '../support/fixtures.js';
import { type ImageName, seededImage } from '../support/seeded.js';

export interface SeedRun {
  /** Height and width of both images. */
  size: number;
  /** Of the filters. */
  gain: number;
  evaluations: number;
  clamp: 'seed' | 'none';
  rule: StopRule;
}

/** What optimises the seeded content image as the seed's program does. Call at the top level. */
export function useSeedRuns(gpu: () => Gpu): (run: SeedRun) => Promise<Scores[]> {
  const vgg = new Map<number, VggFilters>();
  afterAll(() => vgg.forEach((loaded) => loaded.dispose()));

  return async ({ size, gain, evaluations, clamp, rule }) => {
    const image = (name: ImageName) => gpu().tensor(name, [1, 3, size, size], seededImage(name, size, size));
    if (!vgg.has(gain)) vgg.set(gain, seededFilters(gpu(), 'conv_5', gain));
    const images = { content: image('content'), style: image('style') };
    const stopRule = rule === 'sum' ? '2017' : 'maxima';
    const options = resolveStyleOptions({ clamp, stopRule, evaluations }, 'seed');
    const job = await StyleJob.create(gpu(), images, vgg.get(gain)!, options);
    job.submit(evaluations);
    const scores = await job.scores();
    job.dispose();
    gpu().free(images.content);
    gpu().free(images.style);
    return scores;
  };
}
