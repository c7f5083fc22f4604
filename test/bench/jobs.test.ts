import { expect, it } from 'vitest';
import { measureEvaluation } from '../../bench/evaluation.js';
import { fillHistory } from '../../bench/lbfgs.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();

it('measures a whole evaluation that lowers the loss, by the variant asked for', async () => {
  const before = gpu().memory.bytes;
  gpu().variants.prefer('uniform');
  const { work, losses, memory, samples } = await measureEvaluation(gpu(), 16);
  gpu().variants.prefer(undefined);
  // 2·9·(input × output channels) at each layer's places forward; the gradient takes as many again. A Gram matrix and
  // its gradient take about 3·C² a place.
  const convolutions = 18 * ((3 * 64 + 64 * 64) * 256 + (64 * 128 + 128 * 128) * 64 + 128 * 256 * 16);
  const grams = 3 * (2 * 64 ** 2 * 256 + 2 * 128 ** 2 * 64 + 256 ** 2 * 16);
  expect(work.flops).toBeGreaterThan(2 * convolutions + grams);
  // What goes over each element once (ReLU, pools, errors, L-BFGS) is little beside that.
  expect(work.flops).toBeLessThan(1.02 * (2 * convolutions + grams));
  expect(losses[1]).toBeLessThan(losses[0]);
  expect(memory.peakBytes).toBeGreaterThanOrEqual(memory.bytes);
  expect(memory.bytes).toBeGreaterThan(memory.evaluation.bytes);
  const multiplying = work.steps.filter(({ label }) => /conv2d(\.dInput)?$/.test(label));
  expect(new Set(multiplying.map(({ shader }) => shader))).toEqual(new Set(['conv2d_uniform']));
  expect(samples.wall.length).toBeGreaterThan(0);
  expect(gpu().memory.bytes).toBe(before);
});

it('measures an update of L-BFGS with a full history', async () => {
  (await fillHistory(gpu(), 8, 5)).dispose();
  // Only now: what reads the log back has been made, and is kept.
  const before = gpu().memory.bytes;
  const full = await fillHistory(gpu(), 8, 5);
  // More updates than so small a problem takes to be solved: a round must get over that.
  for (let i = 0; i < 8; i++) await full.round();
  const { work } = await full.round();
  full.dispose();
  // Of 192 numbers: five pairs and one written, of two bytes each; the gradient, the one before and x, the latter two written too.
  const bytes = 192 * (2 * 12 + 4 * 5);
  expect(work).toMatchObject({ kernel: 'lbfgs.update', shape: '3 @ 8², history 5', bytes });
  expect(gpu().memory.bytes).toBe(before);
});

it('fills no history once it is to stop, and gives back the memory it took', async () => {
  const before = gpu().memory.bytes;
  const signal = AbortSignal.abort();
  await expect(fillHistory(gpu(), 8, 5, signal)).rejects.toBe(signal.reason);
  await expect(measureEvaluation(gpu(), 16, signal)).rejects.toBe(signal.reason);
  expect(gpu().memory.bytes).toBe(before);
});
