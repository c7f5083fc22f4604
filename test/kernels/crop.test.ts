import { expect, it } from 'vitest';
import { crop } from '../../src/kernels/index.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

it.each([
  [[1, 1, 1, 1], { top: 0, left: 0, height: 1, width: 1 }],
  [[1, 3, 19, 23], { top: 0, left: 0, height: 19, width: 23 }],
  [[1, 3, 19, 23], { top: 7, left: 11, height: 12, width: 12 }],
  [[2, 3, 19, 23], { top: 18, left: 0, height: 1, width: 23 }],
  [[2, 1, 40, 9], { top: 3, left: 8, height: 37, width: 1 }],
])('of %j, window %j', async (shape, window) => {
  const [n, c, h, w] = shape as [number, number, number, number];
  const x = uniform(1, n * c * h * w);
  const expected = [];
  for (let plane = 0; plane < n * c; plane++) {
    for (let row = window.top; row < window.top + window.height; row++) {
      const start = (plane * h + row) * w + window.left;
      expected.push(...x.subarray(start, start + window.width));
    }
  }
  const [y] = await evaluate(gpu(), [{ data: x, shape }], (r, t) => crop(r, t!, window));
  expect(y).toBeAllClose(expected, {});
});

it.each([
  { top: 1, left: 0, height: 2, width: 3 },
  { top: 0, left: -1, height: 2, width: 3 },
  { top: 0, left: 0, height: 0, width: 3 },
  { top: 0, left: 0.5, height: 2, width: 2 },
])('refuses a window that is not within: %j', async (window) => {
  const input = { data: new Float32Array(6), shape: [1, 1, 2, 3] };
  await expect(evaluate(gpu(), [input], (r, x) => crop(r, x!, window))).rejects.toThrow(
    /does not lie within/,
  );
});
