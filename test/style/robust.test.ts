/**
 * The robust default over 20 seeded pairs of pictures with random filters: what the box constraint must not cost. The
 * pictures have large black and white areas, so that the box 0..1 binds many pixels from the start.
 */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/gpu/tensor.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { type Scores, StyleJob } from '../../src/style/job.js';
import { computeTargets, freeTargets, recordObjective } from '../../src/style/objective.js';
import { resolveStyleOptions, type StyleOptions } from '../../src/style/options.js';
import type { VggFilters } from '../../src/vgg/network.js';
import { seededFilters } from '../support/filters.js';
import { useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

const PAIRS = 20;
const SIDE = 16;
const EVALUATIONS = 36;

/** A coarse grid of random colours enlarged bilinearly, its contrast raised until a good part is clipped. */
function picture(seed: number): Tensor {
  const grid = uniform(seed, 3 * 25, -0.6, 1.6);
  const data = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
    const channel = Math.floor(i / (SIDE * SIDE));
    const y = ((Math.floor(i / SIDE) % SIDE) / SIDE) * 4;
    const x = ((i % SIDE) / SIDE) * 4;
    const [row, column] = [Math.floor(y), Math.floor(x)];
    const at = (r: number, c: number) => grid[channel * 25 + r * 5 + c]!;
    const mix = (a: number, b: number, t: number) => a + (b - a) * t;
    const above = mix(at(row, column), at(row, column + 1), x - column);
    const below = mix(at(row + 1, column), at(row + 1, column + 1), x - column);
    return Math.min(1, Math.max(0, mix(above, below, y - row)));
  });
  return gpu().tensor('picture', [1, 3, SIDE, SIDE], data);
}

interface Problem {
  images: { content: Tensor; style: Tensor };
  filters: VggFilters;
}

async function run(
  { images, filters }: Problem,
  options: StyleOptions,
): Promise<{ scores: Scores[]; result: Tensor }> {
  const job = await StyleJob.create(gpu(), images, filters, options);
  job.submit(options.evaluations);
  const scores = await job.scores();
  const result = await job.result();
  job.dispose();
  return { scores, result };
}

async function lossAt(image: Tensor, { images, filters }: Problem, options: StyleOptions): Promise<number> {
  const targets = await computeTargets(gpu(), filters, images, options);
  const recorder = new Recorder(gpu(), 'loss');
  const { total } = recordObjective(recorder, image, filters, targets, options);
  const program = await recorder.freeze([total]);
  program.run();
  const [loss] = await gpu().read(total);
  program.dispose();
  freeTargets(gpu(), targets);
  return loss!;
}

const lowest = (scores: readonly Scores[]) => Math.min(...scores.map(({ total }) => total));

describe('the robust default', () => {
  it.each(Array.from({ length: PAIRS }, (_, i) => i + 1))('on pair %i', async (pair) => {
    const problem = {
      images: { content: picture(2 * pair), style: picture(2 * pair + 1) },
      filters: seededFilters(gpu(), 'conv_5', 1, pair),
    };
    const options = resolveStyleOptions({ evaluations: EVALUATIONS });
    const robust = await run(problem, options);
    const free = await run(problem, { ...options, clamp: 'none' });

    const half = EVALUATIONS / 2;
    const best = lowest(robust.scores);
    expect(robust.scores).toHaveLength(EVALUATIONS);
    for (const { total } of robust.scores) expect(total).toBeGreaterThanOrEqual(0); // which NaN is not

    // The image handed back is the best one seen: evaluated again, it gives that loss to the last bits (the clamp that
    // ends a run moves nothing, the best being inside the box already).
    const pixels = await gpu().read(robust.result);
    expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(await lossAt(robust.result, problem, options)).toBeLessThanOrEqual(best * (1 + 1e-6));

    // Where the unclamped run goes on falling in its second half, so does this one: by a tenth of that share at least,
    // since the box leaves it fewer ways down.
    const fall = (scores: readonly Scores[]) => 1 - lowest(scores) / lowest(scores.slice(0, half));
    expect(fall(robust.scores)).toBeGreaterThan(0.1 * Math.max(0, fall(free.scores)) - 1e-6);

    problem.filters.dispose();
    for (const tensor of [problem.images.content, problem.images.style, robust.result, free.result])
      gpu().free(tensor);
  });
});
