import { expect, it } from 'vitest';
import { measureEvaluation } from '../../bench/evaluation.js';
import { measureLbfgs } from '../../bench/lbfgs.js';
import { convolutionLines } from '../../bench/report.js';
import { useGpu } from '../support/gpu.js';

const gpu = useGpu();
const roofline = { flops: 1e9, bandwidth: 1e9 };

it('measures a whole evaluation that lowers the loss, by the variant asked for', async () => {
  const before = gpu().memory.bytes;
  const m = await measureEvaluation(gpu(), roofline, 16, (own) => own.variants.force('conv2d', 'uniform'));
  // 2·9·(input × output channels) at each layer's places forward; the gradient takes as many again. A Gram matrix and
  // its gradient take about 3·C² a place.
  const convolutions = 18 * ((3 * 64 + 64 * 64) * 256 + (64 * 128 + 128 * 128) * 64 + 128 * 256 * 16);
  const grams = 3 * (2 * 64 ** 2 * 256 + 2 * 128 ** 2 * 64 + 256 ** 2 * 16);
  expect(m.program.flops).toBeGreaterThan(2 * convolutions + grams);
  // What goes over each element once (ReLU, pools, errors) is little beside that.
  expect(m.program.flops).toBeLessThan(1.02 * (2 * convolutions + grams));
  expect(m.losses[1]).toBeLessThan(m.losses[0]);
  expect(m.memory.peakBytes).toBeGreaterThanOrEqual(m.memory.bytes);
  expect(m.memory.bytes).toBeGreaterThan(m.memory.evaluation.bytes);
  expect(convolutionLines(m.convolutions)).toBe(
    'conv2d_uniform: conv1_1/conv2d conv1_2/conv2d conv2_1/conv2d conv2_2/conv2d conv3_1/conv2d ' +
      'conv3_1/conv2d.dInput conv2_2/conv2d.dInput conv2_1/conv2d.dInput conv1_2/conv2d.dInput conv1_1/conv2d.dInput',
  );
  expect(gpu().memory.bytes).toBe(before);
});

it('measures an update of L-BFGS with a full history', async () => {
  await measureLbfgs(gpu(), roofline, 8, 5);
  // Only now: what reads the log back has been made, and is kept.
  const before = gpu().memory.bytes;
  const m = await measureLbfgs(gpu(), roofline, 8, 5);
  // Five pairs of 192 numbers; the gradient, the one before and x; one pair, the gradient before and x written.
  expect(m).toMatchObject({ kernel: 'lbfgs.update', shape: '3 @ 8², history 5', bytes: 4 * 192 * 17 });
  expect(gpu().memory.bytes).toBe(before);
});
