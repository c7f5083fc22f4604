import type { Gpu } from '../../src/gpu/gpu.js';
import { StyleJob } from '../../src/style/job.js';
import { resolveStyleOptions } from '../../src/style/options.js';
import { seededFilters } from '../support/filters.js';
import { seededImage } from '../support/seeded.js';

export const SIDE = 32;
export const EVALUATIONS = 5;
/** Of the filters: at 1 the run would be chaotic, see test/pytorch/. */
export const GAIN = 0.3;

export interface SeededJobResult {
  /** The loss at each evaluation. */
  readonly losses: readonly number[];
  /** [1, 3, SIDE, SIDE], RGB in 0..1. */
  readonly pixels: readonly number[];
}

/** The seed's program on the seeded pair of test/fixtures/pytorch, for some evaluations, on whatever device. */
export async function runSeededJob(gpu: Gpu): Promise<SeededJobResult> {
  const [content, style] = (['content', 'style'] as const).map((name) =>
    gpu.tensor(name, [1, 3, SIDE, SIDE], seededImage(name, SIDE, SIDE)),
  );
  const filters = seededFilters(gpu, 'conv_5', GAIN);
  const options = resolveStyleOptions({ evaluations: EVALUATIONS }, 'seed');
  const job = await StyleJob.create(gpu, { content: content!, style: style! }, filters, options);
  job.submit(EVALUATIONS);
  const losses = (await job.scores()).map(({ total }) => total);
  const pixels = await gpu.read(await job.result());
  return { losses, pixels: [...pixels] };
}
