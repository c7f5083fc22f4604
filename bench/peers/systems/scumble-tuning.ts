import type { Gpu } from '../../../src/gpu/gpu.js';
import type { JobHooks } from '../../../src/style/job.js';

/** Measures the variants of what is recorded, where that is not known yet. */
export type Tune = NonNullable<JobHooks['tune']>;

/** Has `gpu` choose its kernels as stylize does; so that --baseline can go back, also as it did before it tuned by shape. */
export async function openTuning(gpu: Gpu): Promise<Tune> {
  const module = await import('../../../src/node/tuning.js');
  if ('tune' in module && typeof module.tune === 'function') {
    await module.tune(gpu);
    return () => Promise.resolve();
  }
  const tuning = await module.Tuning.open(gpu);
  return (record, how) => tuning.tune(record, how);
}
