/** The objective with its feature maps stored as float16, beside the same in float32. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../src/gpu/recorder.js';
import type { DType } from '../../src/gpu/wgsl-types.js';
import { StyleJob } from '../../src/style/job.js';
import { computeTargets, freeTargets, recordObjective } from '../../src/style/objective.js';
import { resolveStyleOptions } from '../../src/style/options.js';
import type { VggFilters } from '../../src/vgg/network.js';
import { seededFilters } from '../support/filters.js';
import { useGpu, usePlainGpu } from '../support/gpu.js';
import { skipWithoutHalves } from '../support/halves.js';
import { type ImageName, seededImage } from '../support/seeded.js';

const SIDE = 32;
const gpu = useGpu();
const plain = usePlainGpu();
let filters: VggFilters;
beforeAll(() => void (filters = seededFilters(gpu(), 'conv_5')));
afterAll(() => filters.dispose());

const image = (name: ImageName, on = gpu()) =>
  on.tensor(name, [1, 3, SIDE, SIDE], seededImage(name, SIDE, SIDE));
const images = () => ({ content: image('content'), style: image('style') });

async function evaluation(precision: DType) {
  const options = resolveStyleOptions({ precision }, 'seed');
  const targets = await computeTargets(gpu(), filters, images(), options);
  const recorder = new Recorder(gpu(), 'evaluation');
  const { style, content, gradient } = recordObjective(recorder, image('probe'), filters, targets, options);
  const program = await recorder.freeze([style, content, gradient]);
  program.run();
  const [styleScore, contentScore, dx] = await Promise.all(
    [style, content, gradient].map((tensor) => gpu().read(tensor)),
  );
  const bytes = program.memory.unsharedBytes;
  program.dispose();
  freeTargets(gpu(), targets);
  return { style: styleScore![0]!, content: contentScore![0]!, dx: dx!, bytes };
}

describe('feature maps in float16', () => {
  beforeEach((context) => skipWithoutHalves(context, gpu()));

  it('give the losses and the gradient of float32, to about three digits', async () => {
    const [whole, half] = [await evaluation('f32'), await evaluation('f16')];
    expect(half.bytes).toBeLessThan(whole.bytes);
    // Five layers each round by 2⁻¹¹ or less, up as often as down: features are within √5·2⁻¹¹/√3 = 6e-4 of their norm,
    // and the losses are means over many of them.
    expect(half.style).not.toBe(whole.style);
    expect(Math.abs(half.style / whole.style - 1)).toBeLessThan(1e-3);
    expect(Math.abs(half.content / whole.content - 1)).toBeLessThan(1e-3);
    // What is so near to zero, or to its neighbour in a pool's window, changes sides and loses or gains its gradient:
    // some 3e-4 of the maps in each of four rectifications and two poolings, in the norm the root of 2e-3.
    expect(half.dx).toBeNear(whole.dx, 5e-2);
  });

  it('optimise an image as well', async () => {
    const job = await StyleJob.create(gpu(), images(), filters, resolveStyleOptions({ precision: 'f16' }));
    job.submit(20);
    const scores = (await job.scores()).map(({ total }) => total);
    const pixels = await gpu().read(await job.result());
    job.dispose();
    expect(scores).toHaveLength(20);
    expect(Math.min(...scores)).toBeLessThan(scores[0]! / 100);
    expect(pixels.every((v) => v >= 0 && v <= 1)).toBe(true);
  });
});

it('are refused on a device without them, in a sentence', async () => {
  const on = plain();
  const few = seededFilters(on, 'conv_1');
  const options = resolveStyleOptions({ contentLayers: [], styleLayers: ['conv_1'], precision: 'f16' });
  const create = StyleJob.create(
    on,
    { content: image('content', on), style: image('style', on) },
    few,
    options,
  );
  await expect(create).rejects.toThrow(/^The precision f16 needs .* lacks; use f32 \(--precision\)\.$/);
});
