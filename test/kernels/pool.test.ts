import { afterEach, describe, expect, it } from 'vitest';
import { converted } from '../../src/kernels/copy.js';
import {
  avgPool2d,
  avgPool2dBackward,
  type AvgPoolOptions,
  maxPool2d,
  maxPool2dBackward,
} from '../../src/kernels/index.js';
import { inner, numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { inHalves, skipWithoutHalves, STORED } from '../support/halves.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
afterEach(() => {
  for (const operation of ['maxPool2d', 'maxPool2d.dInput', 'avgPool2d'])
    gpu().variants.force(operation, undefined);
});

interface Case extends AvgPoolOptions {
  shape: readonly [number, number, number, number];
  /** [OH, OW], as PyTorch 2 gives them. */
  output: readonly [number, number];
}

const CASES: Case[] = [
  { shape: [1, 1, 1, 1], window: 1, output: [1, 1] },
  { shape: [1, 1, 2, 2], window: 2, output: [1, 1] },
  { shape: [1, 3, 1, 7], window: [1, 2], output: [1, 3] },
  { shape: [1, 3, 8, 6], window: 2, output: [4, 3] },
  { shape: [2, 3, 6, 24], window: 2, output: [3, 12] },
  { shape: [1, 2, 7, 16], window: 2, output: [3, 8] },
  { shape: [2, 3, 19, 23], window: 2, output: [9, 11] },
  { shape: [1, 3, 19, 23], window: 2, ceilMode: true, output: [10, 12] },
  { shape: [1, 3, 1, 1], window: 2, ceilMode: true, output: [1, 1] },
  { shape: [1, 5, 17, 9], window: 3, stride: 2, padding: 1, output: [9, 5] },
  { shape: [1, 5, 17, 9], window: 3, stride: 2, padding: 1, countIncludePad: false, output: [9, 5] },
  { shape: [1, 2, 7, 8], window: 3, stride: 1, padding: 1, output: [7, 8] },
  { shape: [1, 2, 11, 12], window: [3, 4], stride: [2, 3], padding: [1, 2], ceilMode: true, output: [6, 5] },
  { shape: [1, 2, 5, 5], window: 2, stride: 3, output: [2, 2] },
  // A fourth window would begin in the padding on the right, so it is dropped.
  { shape: [1, 2, 5, 5], window: 2, stride: 2, padding: 1, ceilMode: true, output: [3, 3] },
  { shape: [1, 2, 9, 9], window: 2, stride: 4, padding: 1, ceilMode: true, output: [3, 3] },
];

/** One for each shader: whole windows side by side, cut off ones, and those that overlap. */
const IN_HALVES = [4, 6, 9].map((i) => CASES[i]);

const both = (value: number | readonly [number, number]) =>
  typeof value === 'number' ? ([value, value] as const) : value;

/** The windows of one output: its input cells in row-major order, and how many cells padding included. */
function windows({ shape: [n, c, h, w], output: [oh, ow], ...options }: Case) {
  const [kh, kw] = both(options.window);
  const [sh, sw] = both(options.stride ?? options.window);
  const [ph, pw] = both(options.padding ?? 0);
  return Array.from({ length: n * c * oh * ow }, (_, at) => {
    const [plane, row, column] = [Math.floor(at / (oh * ow)), Math.floor(at / ow) % oh, at % ow];
    const cells: number[] = [];
    let padded = 0;
    for (let y = row * sh - ph; y < row * sh - ph + kh; y++) {
      for (let x = column * sw - pw; x < column * sw - pw + kw; x++) {
        if (y < h + ph && x < w + pw) padded++;
        if (y >= 0 && y < h && x >= 0 && x < w) cells.push((plane * h + y) * w + x);
      }
    }
    return { cells, size: options.countIncludePad === false ? cells.length : padded };
  });
}

const maxOracle = (x: ArrayLike<number>, p: Case) =>
  windows(p).map(({ cells }) => Math.max(...cells.map((i) => x[i]!)));

const averageOracle = (x: ArrayLike<number>, p: Case) =>
  windows(p).map(({ cells, size }) => cells.reduce((s, i) => s + x[i]!, 0) / size);

function maxBackwardOracle(x: ArrayLike<number>, dy: ArrayLike<number>, p: Case): Float64Array {
  const dx = new Float64Array(x.length);
  windows(p).forEach(({ cells }, at) => {
    let winner = cells[0]!;
    for (const cell of cells) if (x[cell]! > x[winner]!) winner = cell;
    dx[winner]! += dy[at]!;
  });
  return dx;
}

function averageBackwardOracle(size: number, dy: ArrayLike<number>, p: Case): Float64Array {
  const dx = new Float64Array(size);
  windows(p).forEach((window, at) => {
    for (const cell of window.cells) dx[cell]! += dy[at]! / window.size;
  });
  return dx;
}

/** Undefined stands for the default, the most special of those that can take the case. */
const backwardVariants = ({ shape: [, , , w], window, stride, padding }: Case) =>
  window === 2 && !padding && (stride ?? 2) === 2 && w % 8 === 0
    ? [undefined, '2x2', 'gather']
    : [undefined, 'gather'];

// Sums of at most 12 numbers below 1: a dozen roundings of numbers below 12.
const FEW = { absolute: 12 * 12 * 2 ** -24 };

describe.each(CASES)('pooling $shape, window $window stride $stride padding $padding', (p) => {
  const size = p.shape.reduce((a, b) => a * b, 1);
  const outputShape = [p.shape[0], p.shape[1], ...p.output];
  const outputSize = outputShape.reduce((a, b) => a * b, 1);
  // Few distinct values, so that many windows hold their largest value twice.
  const x = uniform(1, size).map((v) => Math.round(v * 4) / 4);
  const [dy, before] = [uniform(2, outputSize), uniform(3, size)];
  const inputs = [
    { data: x, shape: p.shape },
    { data: dy, shape: outputShape },
    { data: before, shape: p.shape },
  ];
  const added = (gradient: Float64Array) => gradient.map((v, i) => v + before[i]!);

  it('max: the largest of each window, exactly', async () => {
    for (const variant of [undefined, 'gather']) {
      gpu().variants.force('maxPool2d', variant);
      const [y] = await evaluate(gpu(), inputs.slice(0, 1), (r, a) => maxPool2d(r, a!, p));
      expect(y).toBeAllClose(maxOracle(x, p), {});
    }
  });

  it('max: the gradient goes to the first largest cell', async () => {
    const expected = maxBackwardOracle(x, dy, p);
    const gradients = () =>
      evaluate(gpu(), inputs, (r, a, b, c) => [
        maxPool2dBackward(r, a!, b!, p),
        maxPool2dBackward(r, a!, b!, p, c),
      ]);
    for (const variant of backwardVariants(p)) {
      gpu().variants.force('maxPool2d.dInput', variant);
      const [dx, sum] = await gradients();
      expect(dx).toBeAllClose(expected, FEW);
      expect(sum).toBeAllClose(added(expected), FEW);
    }
  });

  it('max of a rectified input: as of its positive part, with gradients where it is positive', async () => {
    const rectified = x.map((v) => Math.max(v, 0));
    const expected = maxBackwardOracle(rectified, dy, p).map((v, i) => (x[i]! > 0 ? v : 0));
    const options = { ...p, rectify: true };
    for (const variant of backwardVariants(p)) {
      gpu().variants.force('maxPool2d.dInput', variant);
      const [y, dx, sum] = await evaluate(gpu(), inputs, (r, a, b, c) => [
        maxPool2d(r, a!, options),
        maxPool2dBackward(r, a!, b!, options),
        maxPool2dBackward(r, a!, b!, options, c),
      ]);
      expect(y).toBeAllClose(maxOracle(rectified, p), {});
      expect(dx).toBeAllClose(expected, FEW);
      expect(sum).toBeAllClose(added(expected), FEW);
    }
  });

  it.each([false, true])(
    'average: the mean of each window, and its gradient spread evenly, rectified: %s',
    async (rectify) => {
      const options = { ...p, rectify };
      const passes = (v: number) => !rectify || v > 0;
      const expected = averageBackwardOracle(size, dy, p).map((v, i) => (passes(x[i]!) ? v : 0));
      const means = averageOracle(
        x.map((v) => (passes(v) ? v : 0)),
        p,
      );
      for (const variant of [undefined, 'gather']) {
        gpu().variants.force('avgPool2d', variant);
        const [y, dx, sum] = await evaluate(gpu(), inputs, (r, a, b, c) => [
          avgPool2d(r, a!, options),
          avgPool2dBackward(r, a!, b!, options),
          avgPool2dBackward(r, a!, b!, options, c),
        ]);
        expect(y).toBeAllClose(means, FEW);
        expect(dx).toBeAllClose(expected, FEW);
        expect(sum).toBeAllClose(added(expected), FEW);
      }
    },
  );

  if (!IN_HALVES.includes(p)) return;

  it('of halves: the same, but that averages are rounded where they are stored', async (context) => {
    skipWithoutHalves(context, gpu());
    // The few values that there are lose nothing as halves.
    for (const variant of [undefined, 'gather']) {
      gpu().variants.force('maxPool2d', variant);
      const pools = inHalves((r, a) => [maxPool2d(r, a!, p), maxPool2d(r, a!, { ...p, rectify: true })]);
      const [y, rectified] = await evaluate(gpu(), inputs.slice(0, 1), pools);
      expect(y).toBeAllClose(maxOracle(x, p), {});
      expect(rectified).toBeAllClose(
        maxOracle(x, p).map((v) => Math.max(v, 0)),
        {},
      );
    }
    const means = inHalves((r, a) => avgPool2d(r, a!, p));
    const spread = averageBackwardOracle(size, dy, p).map((v, i) => (x[i]! > 0 ? v : 0));
    for (const variant of [undefined, 'gather']) {
      gpu().variants.force('avgPool2d', variant);
      const [y] = await evaluate(gpu(), inputs.slice(0, 1), means);
      expect(y).toBeAllClose(averageOracle(x, p), { ...STORED, absolute: STORED.absolute + FEW.absolute });
      const [gated] = await evaluate(gpu(), inputs.slice(0, 2), (r, a, b) =>
        avgPool2dBackward(r, converted(r, a!, 'f16'), b!, { ...p, rectify: true }),
      );
      expect(gated).toBeAllClose(spread, FEW);
    }
    const expected = maxBackwardOracle(x, dy, p);
    for (const variant of backwardVariants(p)) {
      gpu().variants.force('maxPool2d.dInput', variant);
      const [dx, sum] = await evaluate(gpu(), inputs, (r, a, b, c) => {
        const half = converted(r, a!, 'f16');
        return [maxPool2dBackward(r, half, b!, p), maxPool2dBackward(r, half, b!, p, c)];
      });
      expect(dx).toBeAllClose(expected, FEW);
      expect(sum).toBeAllClose(added(expected), FEW);
    }
  });
});

it('both gradients agree with finite differences', async () => {
  const p: Case = { shape: [1, 2, 5, 6], window: 3, stride: 2, padding: 1, output: [3, 3] };
  // Distinct values far enough apart that no step changes which is the largest.
  const x = Float32Array.from({ length: 60 }, (_, i) => ((i * 37) % 60) / 30 - 1);
  const dy = uniform(4, 18);
  const inputs = [
    { data: x, shape: p.shape },
    { data: dy, shape: [1, 2, 3, 3] },
  ];
  const [largest, average] = await evaluate(gpu(), inputs, (r, a, b) => [
    maxPool2dBackward(r, a!, b!, p),
    avgPool2dBackward(r, a!, b!, p),
  ]);
  expect(largest).toBeAllClose(
    numericalGradient((q) => inner(maxOracle(q, p), dy), x),
    { absolute: 1e-6 },
  );
  expect(average).toBeAllClose(
    numericalGradient((q) => inner(averageOracle(q, p), dy), x),
    { absolute: 1e-6 },
  );
});

describe('pooling refuses', () => {
  const zeros = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  it.each<[string, number[], AvgPoolOptions, RegExp]>([
    [
      'an input smaller than the window',
      [1, 1, 1, 5],
      { window: 2 },
      /no window of 2 × 2 fits an input of 1 × 5/,
    ],
    [
      'too much padding',
      [1, 1, 5, 5],
      { window: 3, padding: 2 },
      /padding of 2 is more than half the window/,
    ],
    ['a stride of 0', [1, 1, 5, 5], { window: 2, stride: 0 }, /stride must be whole numbers ≥ 1/],
    ['half a window', [1, 1, 5, 5], { window: [2, 0.5] }, /window must be whole numbers ≥ 1, not 2 × 0.5/],
    ['a matrix', [5, 5], { window: 2 }, /takes feature maps/],
  ])('%s', async (_name, shape, options, message) => {
    await expect(evaluate(gpu(), [zeros(...shape)], (r, x) => maxPool2d(r, x!, options))).rejects.toThrow(
      message,
    );
    await expect(evaluate(gpu(), [zeros(...shape)], (r, x) => avgPool2d(r, x!, options))).rejects.toThrow(
      message,
    );
  });

  it('a gradient of another shape', async () => {
    await expect(
      evaluate(gpu(), [zeros(1, 1, 4, 4), zeros(1, 1, 4, 1)], (r, x, dy) =>
        maxPool2dBackward(r, x!, dy!, { window: 2 }),
      ),
    ).rejects.toThrow(/must be \[1, 1, 2, 2\], like the output/);
  });
});
