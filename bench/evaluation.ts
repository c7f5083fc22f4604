import { fileURLToPath } from 'node:url';
import { Gpu } from '../src/gpu/gpu.js';
import type { MemoryReport, Program } from '../src/gpu/program.js';
import { toPlanar } from '../src/image/pixels.js';
import { openFilters } from '../src/node/filters.js';
import { readImage } from '../src/node/image-files.js';
import { StyleJob } from '../src/style/job.js';
import { resolveStyleOptions } from '../src/style/options.js';
import { prepareImage } from '../src/style/prepare.js';
import { measureProgram, type Measurement } from './measure.js';
import type { Roofline } from './roofline.js';
import { median } from './time-program.js';

/** The main job, evaluation by evaluation: VGG-19 to conv3_1, six losses, the gradient, the update of L-BFGS. */
export interface EvaluationMeasurement {
  /** Of the square image. */
  size: number;
  wallMilliseconds: {
    /** One evaluation submitted and waited for, before the next. */
    single: number;
    /** Submitted by threes and waited for, for each of the three. */
    inThrees: number;
    /** Targets, recording, planning and compiling. */
    setup: number;
    /** The first evaluation, to which the driver may have left some compiling. */
    first: number;
  };
  /** The evaluation without the update. Its bytes, and so its bound, are of the multiply-adds only. */
  program: Measurement;
  memory: {
    /** Of all buffers of the job, the most that were alive at once: filters, images, history, all. */
    peakBytes: number;
    /** Of all buffers of the job once it runs. */
    bytes: number;
    /** The temporaries of the evaluation. */
    evaluation: MemoryReport;
  };
  /** Which shader multiplies in each convolution, forward, then backward, e.g. 'conv3_1/conv2d: winograd_multiply'. */
  convolutions: string[];
  /** The loss at the start and at the end of what was timed, to tell that it was a job indeed. */
  losses: [first: number, last: number];
}

/** What repeats may take together, and how many there are. */
const REPEATS = { most: 15, least: 3, milliseconds: 2500 };
const BATCH = 3;

/**
 * Measures the main job at n × n on the pictures of demo/ with the embedded network.
 *
 * @param gpu stays as it is: the job works on its device with an account of memory of its own.
 */
export async function measureEvaluation(
  gpu: Gpu,
  roofline: Roofline,
  n: number,
  prepare: (gpu: Gpu) => void,
): Promise<EvaluationMeasurement> {
  const own = Gpu.adopt(gpu.device);
  prepare(own);
  let job: StyleJob | undefined;
  try {
    const options = resolveStyleOptions();
    const began = performance.now();
    const filters = await openFilters(own, 'embedded', [...options.contentLayers, ...options.styleLayers]);
    const images = {
      content: await demoPicture(own, 'content', n),
      style: await demoPicture(own, 'style', n),
    };
    job = await StyleJob.create(own, images, filters, options);
    const setup = performance.now() - began;

    const first = await timeSubmission(own, job, 1);
    await timeSubmission(own, job, 1);
    const single = median(await repeated(() => timeSubmission(own, job!, 1)));
    const inThrees = median(await repeated(() => timeSubmission(own, job!, BATCH))) / BATCH;
    const scores = await job.scores();
    const losses: [number, number] = [scores[0]!.total, scores.at(-1)!.total];
    const name = { kernel: 'evaluation', direction: 'both', shape: `3 @ ${n}²`, bytes: 0 } as const;
    const program = await measureProgram(job.evaluation, roofline, name);
    return {
      size: n,
      wallMilliseconds: { single, inThrees, setup, first },
      program,
      memory: {
        peakBytes: own.memory.peakBytes,
        bytes: own.memory.bytes,
        evaluation: job.evaluation.memory,
      },
      convolutions: convolutions(job.evaluation),
      losses,
    };
  } finally {
    job?.dispose();
    own.dispose();
  }
}

function convolutions({ steps }: Program): string[] {
  const multiplying = steps.filter(({ label, flops }) => label.startsWith('conv2d') && flops > 0);
  return [...new Set(multiplying.map(({ scope, label, shader }) => `${scope}/${label}: ${shader}`))];
}

async function demoPicture(gpu: Gpu, name: 'content' | 'style', n: number) {
  const path = fileURLToPath(new URL(`../demo/${name}.jpg`, import.meta.url));
  const size = { width: n, height: n };
  return prepareImage(gpu, name, toPlanar(await readImage(path)), { size });
}

async function timeSubmission({ device: { queue } }: Gpu, job: StyleJob, count: number): Promise<number> {
  await queue.onSubmittedWorkDone();
  const start = performance.now();
  job.submit(count);
  await queue.onSubmittedWorkDone();
  return performance.now() - start;
}

async function repeated(measure: () => Promise<number>): Promise<number[]> {
  const { most, least, milliseconds } = REPEATS;
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (times.length < least || (times.length < most && performance.now() < end))
    times.push(await measure());
  return times;
}
