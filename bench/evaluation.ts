import { Gpu } from '../src/gpu/gpu.js';
import type { Program } from '../src/gpu/program.js';
import { toPlanar } from '../src/image/pixels.js';
import { openFilters } from '../src/node/filters.js';
import { readImage } from '../src/node/image-files.js';
import { packageFile } from '../src/node/package-files.js';
import { type JobHooks, StyleJob } from '../src/style/job.js';
import { resolveStyleOptions } from '../src/style/options.js';
import { prepareImage } from '../src/style/prepare.js';
import { type Round, stepsOf } from './measure.js';
import type { Evaluation } from './results.js';
import { sample, timed } from './timing.js';

export const EVALUATION = 'evaluation';

/** A round of the main job: VGG-19 to conv3_1, six losses, the gradient, and the update of L-BFGS. */
export interface EvaluationRound extends Round {
  size: number;
  inThrees: number;
  setup: number;
  first: number;
  memory: Evaluation['memory'];
  losses: Evaluation['losses'];
}

/** What repeats by one clock may take together, and how many there are. */
const REPEATS = { most: 5, milliseconds: 700 };
const BATCH = 3;

/**
 * Measures the main job at n × n on the pictures of demo/ with the embedded network.
 *
 * @param gpu stays as it is: the job works on its device with an account of memory of its own.
 * @throws the signal's reason once that is aborted.
 */
export async function measureEvaluation(gpu: Gpu, n: number, signal?: AbortSignal): Promise<EvaluationRound> {
  const own = Gpu.adopt(gpu.device);
  own.variants.adopt(gpu.variants);
  let job: StyleJob | undefined;
  try {
    const began = performance.now();
    const made = (job = await demoJob(own, n));
    const setup = performance.now() - began;

    const submit = (count: number) => {
      signal?.throwIfAborted();
      return timed(
        own.device,
        () => undefined,
        () => made.submit(count),
      );
    };
    const first = await submit(1);
    const inThrees = (await submit(BATCH)) / BATCH;
    signal?.throwIfAborted();
    const programs = job.programs;
    const samples = await sample(programs, { ...REPEATS, warm: true });
    const scores = await job.scores();
    return {
      size: n,
      work: {
        kernel: EVALUATION,
        direction: 'both',
        shape: `3 @ ${n}²`,
        variants: {},
        flops: programs.reduce((sum, { steps }) => sum + flopsOf(steps), 0),
        bytes: 0,
        steps: stepsOf(programs, samples),
      },
      samples,
      inThrees,
      setup,
      first,
      memory: {
        peakBytes: own.memory.peakBytes,
        bytes: own.memory.bytes,
        evaluation: job.evaluation.memory,
      },
      losses: [scores[0]!.total, scores.at(-1)!.total],
    };
  } finally {
    job?.dispose();
    own.dispose();
  }
}

/** The main job at n × n on the pictures of demo/ with the embedded network; filters and pictures stay with `gpu`. */
export async function demoJob(gpu: Gpu, n: number, hooks: JobHooks = {}): Promise<StyleJob> {
  const options = resolveStyleOptions();
  const filters = await openFilters(gpu, 'embedded', [...options.contentLayers, ...options.styleLayers]);
  const images = {
    content: await demoPicture(gpu, 'content', n),
    style: await demoPicture(gpu, 'style', n),
  };
  return StyleJob.create(gpu, images, filters, options, hooks);
}

function flopsOf(steps: Program['steps']): number {
  return steps.reduce((sum, { flops }) => sum + flops, 0);
}

async function demoPicture(gpu: Gpu, name: 'content' | 'style', n: number) {
  const size = { width: n, height: n };
  return prepareImage(gpu, name, toPlanar(await readImage(packageFile(`demo/${name}.jpg`))), { size });
}
