import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import { converted } from '../../src/kernels/copy.js';
import {
  conv2d,
  conv2dBackwardBias,
  conv2dBackwardInput,
  conv2dBackwardWeights,
} from '../../src/kernels/index.js';
import { conv2dGeometry, conv2dVariants, type Conv2dOptions } from '../../src/kernels/conv2d-geometry.js';
import { uniformBlocks } from '../../src/kernels/conv2d-uniform.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { Storage, Tensor, type Shape } from '../../src/gpu/tensor.js';
import { winogradStrips } from '../../src/kernels/conv2d-winograd-tiles.js';
import { SHARED, sharedSpan, TILED } from '../../src/kernels/conv2d-winograd-multiply.js';
import { conv2dGradientOracle, conv2dOracle } from '../oracles/conv2d.js';
import { inner, numericalGradient } from '../support/differences.js';
import { evaluate, useGpu, usePlainGpu } from '../support/gpu.js';
import { roundedToHalves, skipWithoutHalves, STORED } from '../support/halves.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
afterEach(() => gpu().variants.force('conv2d', undefined));

const geometry = (input: Shape, weights: Shape, options: Conv2dOptions) =>
  conv2dGeometry(
    input,
    new Tensor(
      new Storage(
        'weights',
        weights.reduce((a, b) => a * b, 4),
      ),
      weights,
    ),
    options,
  );

/** Forces a variant, or skips the test where the device's subgroups are not what it is made for. */
function force(context: TestContext, variant: string, g: ReturnType<typeof geometry>): void {
  const able = conv2dVariants(g, gpu().facts).some((name) => name === variant);
  context.skip(variant.startsWith('narrow') && !able, 'for subgroups of eight, or GPUs');
  gpu().variants.force('conv2d', variant);
}

/** Inputs of a case, all in [-1, 1). */
function numbers(input: Shape, weights: Shape, options: Conv2dOptions) {
  const g = geometry(input, weights, options);
  const output = [g.batch, g.outputChannels, g.outputHeight, g.outputWidth];
  const of = (seed: number, shape: Shape) => ({
    data: uniform(
      seed,
      shape.reduce((a, b) => a * b, 1),
    ),
    shape,
  });
  return { g, x: of(1, input), w: of(2, weights), b: of(3, [weights[0]!]), dy: of(4, output) };
}

/**
 * Sums of K products of numbers in [-1, 1), one after the other in float32. The k-th partial sum is about √k/3 and its
 * rounding errs by about 2⁻²⁴·√k/6, so all K roundings together have a standard deviation of 2⁻²⁴·K/8. Ten of these, to
 * cover tens of thousands of outputs, still catch any wrong term: the terms themselves are about 1/3.
 */
const tolerance = (terms: number, variant = '') => ({
  absolute: 2 ** -24 * (8 + 1.25 * terms) * (variant.startsWith('winograd') ? WINOGRAD_ERROR : 1),
});

/**
 * F(4×4) adds up numbers that its transforms have multiplied by up to 8 and 100/16 (the row sums of |Aᵀ| and |Bᵀ|)
 * and that mostly cancel; Lavin & Gray measured ten times the direct convolution's error.
 */
const WINOGRAD_ERROR = 20;

const same: Conv2dOptions = { padding: 1 };
const CASES: [string, Shape, Shape, Conv2dOptions][] = [
  ['1×1 image', [1, 3, 1, 1], [5, 3, 3, 3], same],
  ['one row', [1, 1, 1, 37], [8, 1, 3, 3], same],
  ['one column', [1, 3, 23, 1], [9, 3, 3, 3], same],
  ['VGG’s first layer', [1, 3, 19, 34], [64, 3, 3, 3], same],
  ['no multiple of any tile', [1, 17, 18, 33], [33, 17, 3, 3], same],
  ['more channels than one uniform block', [1, 230, 5, 6], [10, 230, 3, 3], same],
  ['a batch', [3, 5, 9, 7], [6, 5, 3, 3], same],
];
/** Winograd's variants take 16 to 512 channels; their tiles are 4×4, their strips tested below. */
const WINOGRAD: typeof CASES = [
  ['1×1 image', [1, 16, 1, 1], [16, 16, 3, 3], same],
  ['one row', [1, 16, 1, 37], [33, 16, 3, 3], same],
  ['one column', [1, 17, 23, 1], [16, 17, 3, 3], same],
  ['no multiple of any tile', [1, 17, 18, 33], [33, 17, 3, 3], same],
  ['the most channels', [1, 512, 5, 6], [16, 512, 3, 3], same],
  ['five blocks, more than one group of outputs', [1, 20, 20, 100], [70, 20, 3, 3], same],
  // Where a block has few quads, a workgroup makes two groups of outputs or four; here the last ones have fewer to make.
  ['four quads, three groups of outputs', [1, 16, 16, 13], [130, 16, 3, 3], same],
  ['two quads, five groups of outputs', [1, 18, 7, 8], [260, 18, 3, 3], same],
  ['a batch', [3, 18, 9, 7], [34, 18, 3, 3], same],
];
/** The narrow variants take up to three input channels in rows of whole vectors, where subgroups have eight lanes or on GPUs. */
const NARROW: typeof CASES = [
  ['one vector', [1, 3, 1, 4], [5, 3, 3, 3], same],
  ['VGG’s first layer', [1, 3, 19, 36], [64, 3, 3, 3], same],
  ['a single channel', [1, 1, 6, 64], [9, 1, 3, 3], same],
  ['two channels of a batch', [3, 2, 9, 40], [6, 2, 3, 3], same],
  ['the most outputs', [1, 3, 2, 8], [512, 3, 3, 3], same],
];
const GENERAL: typeof CASES = [
  ['1×1 kernel', [1, 4, 6, 5], [3, 4, 1, 1], {}],
  ['no padding', [1, 2, 7, 9], [4, 2, 3, 3], {}],
  ['stride 2', [2, 3, 11, 10], [4, 3, 3, 3], { stride: 2, padding: 1 }],
  ['unequal strides, 5×2 kernel', [1, 2, 13, 12], [3, 2, 5, 2], { stride: [2, 3], padding: 2 }],
  ['padding of each side', [1, 3, 6, 7], [2, 3, 3, 3], { padding: { top: 0, bottom: 3, left: 2, right: 1 } }],
  ['7×7 kernel, larger than the image', [1, 1, 3, 4], [2, 1, 7, 7], { padding: 3 }],
  ['a stride that leaves rows unread', [1, 1, 8, 8], [1, 1, 2, 2], { stride: 3 }],
];

describe.each([
  ...['direct', 'tiled', 'uniform'].flatMap((variant) => CASES.map((c) => [variant, ...c] as const)),
  ...['winograd', 'winograd-tiled'].flatMap((variant) => WINOGRAD.map((c) => [variant, ...c] as const)),
  ...['narrow', 'narrow-lanes'].flatMap((variant) => NARROW.map((c) => [variant, ...c] as const)),
  ...GENERAL.map((c) => ['direct', ...c] as const),
])('conv2d (%s): %s', (variant, _name, input, weights, options) => {
  const { g, x, w, b, dy } = numbers(input, weights, options);
  const taps = g.inputChannels * g.kernelHeight * g.kernelWidth;

  it('matches the definition, with and without bias', async (context) => {
    force(context, variant, g);
    const [y, bare] = await evaluate(gpu(), [x, w, b], (r, xt, wt, bt) => [
      conv2d(r, xt!, wt!, bt, options),
      conv2d(r, xt!, wt!, undefined, options),
    ]);
    expect(y).toBeAllClose(conv2dOracle(g, x.data, w.data, b.data), tolerance(taps, variant));
    expect(bare).toBeAllClose(conv2dOracle(g, x.data, w.data), tolerance(taps, variant));
  });

  it('has the gradient to its input that the definition has, and adds it to another', async (context) => {
    force(context, variant, g);
    const before = { data: uniform(9, x.data.length), shape: input };
    const [dx, sum] = await evaluate(gpu(), [dy, w, before], (r, dyt, wt, bt) => [
      conv2dBackwardInput(r, dyt!, wt!, input, options),
      conv2dBackwardInput(r, dyt!, wt!, input, options, bt),
    ]);
    const expected = conv2dGradientOracle(g, x.data, w.data, dy.data).dx;
    const terms = g.outputChannels * g.kernelHeight * g.kernelWidth;
    expect(dx).toBeAllClose(expected, tolerance(terms, variant));
    expect(sum).toBeAllClose(
      expected.map((v, i) => v + before.data[i]!),
      tolerance(terms, variant),
    );
  });
});

describe.each([
  ['direct', [1, 2, 7, 9], [4, 2, 3, 3]],
  ['tiled', [1, 3, 19, 34], [5, 3, 3, 3]],
  ['uniform', [1, 3, 19, 34], [5, 3, 3, 3]],
  ['narrow', [1, 3, 19, 36], [5, 3, 3, 3]],
  ['narrow-lanes', [1, 3, 19, 36], [5, 3, 3, 3]],
  ['winograd', [1, 17, 18, 33], [33, 17, 3, 3]],
  ['winograd', [2, 16, 6, 36], [20, 16, 3, 3]],
  ['winograd-tiled', [2, 17, 6, 36], [20, 17, 3, 3]],
] as const)('conv2d (%s) of a rectified input', (variant, input, weights) => {
  const { g, x, w, b, dy } = numbers(input, weights, same);
  const options = { ...same, rectify: true };
  const rectified = x.data.map((v) => Math.max(v, 0));

  it('is conv2d of its positive part', async (context) => {
    force(context, variant, g);
    const [y] = await evaluate(gpu(), [x, w, b], (r, xt, wt, bt) => conv2d(r, xt!, wt!, bt, options));
    expect(y).toBeAllClose(conv2dOracle(g, rectified, w.data, b.data), tolerance(input[1] * 9, variant));
  });

  it('has gradients where it is positive', async (context) => {
    force(context, variant, g);
    const before = { data: uniform(9, x.data.length), shape: input };
    const [dx, sum, dw] = await evaluate(gpu(), [dy, w, x, before], (r, dyt, wt, xt, bt) => [
      conv2dBackwardInput(r, dyt!, wt!, input, options, undefined, xt),
      conv2dBackwardInput(r, dyt!, wt!, input, options, bt, xt),
      conv2dBackwardWeights(r, xt!, dyt!, wt!, options),
    ]);
    const oracle = conv2dGradientOracle(g, rectified, w.data, dy.data);
    const expected = oracle.dx.map((v, i) => (x.data[i]! > 0 ? v : 0));
    const allowed = tolerance(weights[0] * 9, variant);
    expect(dx).toBeAllClose(expected, allowed);
    expect(sum).toBeAllClose(
      expected.map((v, i) => v + before.data[i]!),
      allowed,
    );
    expect(dw).toBeAllClose(oracle.dw, tolerance(g.batch * g.outputHeight * g.outputWidth));
  });

  it('stored as float16: the same but for the rounding of what is stored', async (context) => {
    skipWithoutHalves(context, gpu());
    force(context, variant, g);
    const half = { data: roundedToHalves(x.data), shape: input };
    const [y] = await evaluate(gpu(), [half, w, b], (r, xt, wt, bt) => {
      const output = conv2d(r, converted(r, xt!, 'f16'), wt!, bt, { ...options, output: 'f16' });
      expect(output.dtype).toBe('f16');
      return converted(r, output, 'f32');
    });
    const positive = half.data.map((v) => Math.max(v, 0));
    const { absolute } = tolerance(input[1] * 9, variant);
    expect(y).toBeAllClose(conv2dOracle(g, positive, w.data, b.data), {
      ...STORED,
      absolute: absolute * (1 + STORED.relative) + STORED.absolute,
    });

    const before = { data: uniform(9, x.data.length), shape: input };
    const [dx, sum, dw] = await evaluate(gpu(), [dy, w, half, before], (r, dyt, wt, xt, bt) => {
      const stored = converted(r, xt!, 'f16');
      return [
        conv2dBackwardInput(r, dyt!, wt!, input, options, undefined, stored),
        conv2dBackwardInput(r, dyt!, wt!, input, options, bt, stored),
        conv2dBackwardWeights(r, stored, dyt!, wt!, options),
      ];
    });
    const oracle = conv2dGradientOracle(g, positive, w.data, dy.data);
    const expected = oracle.dx.map((v, i) => (half.data[i]! > 0 ? v : 0));
    expect(dx).toBeAllClose(expected, tolerance(weights[0] * 9, variant));
    expect(sum).toBeAllClose(
      expected.map((v, i) => v + before.data[i]!),
      tolerance(weights[0] * 9, variant),
    );
    expect(dw).toBeAllClose(oracle.dw, tolerance(g.batch * g.outputHeight * g.outputWidth));
  });
});

it('asks for the input where the gradient depends on its sign', () => {
  const { x, w, dy } = numbers([1, 2, 7, 9], [4, 2, 3, 3], same);
  const recorder = new Recorder(gpu());
  const [dyt, wt] = [gpu().tensor('dy', dy.shape), gpu().tensor('w', w.shape)];
  expect(() => conv2dBackwardInput(recorder, dyt, wt, x.shape, { ...same, rectify: true })).toThrow(
    'conv2d.dInput: the gradient of a rectified input needs the input, of [1, 2, 7, 9].',
  );
  [dyt, wt].forEach((tensor) => gpu().free(tensor));
});

describe('on a device without subgroups, at the limits that every device has', () => {
  const plain = usePlainGpu();

  it.each(['winograd', 'winograd-tiled'].flatMap((variant) => WINOGRAD.map((c) => [variant, ...c] as const)))(
    'convolves by %s: %s',
    async (variant, _name, input, weights, options) => {
      const { g, x, w, b } = numbers(input, weights, options);
      expect(plain().facts.subgroupSize).toBeUndefined();
      plain().variants.force('conv2d', variant);
      const [y] = await evaluate(plain(), [x, w, b], (r, xt, wt, bt) => conv2d(r, xt!, wt!, bt, options));
      expect(y).toBeAllClose(conv2dOracle(g, x.data, w.data, b.data), tolerance(input[1]! * 9, variant));
    },
  );
});

describe.each([...CASES, ...GENERAL])(
  'the gradients of conv2d to weights and bias: %s',
  (_name, input, weights, options) => {
    it('match the definition, and add to others', async () => {
      const { g, x, w, b, dy } = numbers(input, weights, options);
      const [dw, db, dwSum, dbSum] = await evaluate(gpu(), [x, dy, w, b], (r, xt, dyt, wt, bt) => [
        conv2dBackwardWeights(r, xt!, dyt!, wt!, options),
        conv2dBackwardBias(r, dyt!),
        conv2dBackwardWeights(r, xt!, dyt!, wt!, options, wt),
        conv2dBackwardBias(r, dyt!, bt),
      ]);
      const expected = conv2dGradientOracle(g, x.data, w.data, dy.data);
      const allowed = tolerance(g.batch * g.outputHeight * g.outputWidth);
      expect(dw).toBeAllClose(expected.dw, allowed);
      expect(db).toBeAllClose(expected.db, allowed);
      expect(dwSum).toBeAllClose(
        expected.dw.map((v, i) => v + w.data[i]!),
        allowed,
      );
      expect(dbSum).toBeAllClose(
        expected.db.map((v, i) => v + b.data[i]!),
        allowed,
      );
    });
  },
);

it.each([
  ['winograd', SHARED, 88],
  ['winograd-tiled', TILED, 176],
] as const)('convolves a picture that %s cuts into strips', async (variant, { stripBytes }, side) => {
  const { g, x, w, b } = numbers([1, 512, side, side], [16, 512, 3, 3], same);
  expect(winogradStrips(side, side, 512, stripBytes).strips.length).toBeGreaterThan(1);
  gpu().variants.force('conv2d', variant);
  const [y] = await evaluate(gpu(), [x, w, b], (r, xt, wt, bt) => conv2d(r, xt!, wt!, bt, same));
  // The definition at every 97th output: all of them would take the oracle minutes.
  const { absolute } = tolerance(512 * 9, variant);
  for (let at = 0; at < y!.length; at += 97) {
    const [o, i, j] = [Math.floor(at / side ** 2), Math.floor(at / side) % side, at % side];
    let sum = b.data[o]!;
    for (let c = 0; c < g.inputChannels; c++)
      for (let u = Math.max(0, 1 - i); u < Math.min(3, side + 1 - i); u++)
        for (let v = Math.max(0, 1 - j); v < Math.min(3, side + 1 - j); v++)
          sum +=
            w.data[((o * 512 + c) * 3 + u) * 3 + v]! * x.data[(c * side + i + u - 1) * side + j + v - 1]!;
    expect(Math.abs(y![at]! - sum), `output ${at}`).toBeLessThan(absolute);
  }
});

it('has gradients that agree with finite differences', () => {
  // The oracle's own gradients, which the kernels were held against, come from the same loop as its values.
  const { g, x, w, dy } = numbers([1, 2, 5, 4], [3, 2, 3, 3], { stride: [1, 2], padding: 1 });
  const { dx, dw } = conv2dGradientOracle(g, x.data, w.data, dy.data);
  const value = (xs: ArrayLike<number>, ws: ArrayLike<number>) => inner(conv2dOracle(g, xs, ws), dy.data);
  // Linear in each argument: only rounding is left.
  expect(dx).toBeAllClose(
    numericalGradient((p) => value(p, w.data), x.data),
    { absolute: 1e-9 },
  );
  expect(dw).toBeAllClose(
    numericalGradient((p) => value(x.data, p), w.data),
    { absolute: 1e-9 },
  );
});

it('prepares constant weights once for all programs that read them', async () => {
  const { x, w, b, g } = numbers([1, 3, 9, 8], [5, 3, 3, 3], same);
  gpu().variants.force('conv2d', 'uniform');
  const weights = gpu().constant('weights', w.shape, w.data);
  const bias = gpu().constant('bias', b.shape, b.data);
  const run = () => evaluate(gpu(), [x], (r, xt) => conv2d(r, xt!, weights, bias, same));
  const [first] = await run();
  const bytes = gpu().memory.bytes;
  const [second] = await run();
  expect(gpu().memory.bytes).toBe(bytes);
  expect(second).toEqual(first);
  expect(second).toBeAllClose(conv2dOracle(g, x.data, w.data, b.data), tolerance(27));
});

describe('what conv2d refuses', () => {
  const tensor = (shape: Shape) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  it.each<[string, Shape, Shape, Conv2dOptions, RegExp]>([
    ['too few dimensions', [3, 4, 4], [1, 3, 3, 3], {}, /must be \[N, C, H, W\]/],
    ['other channels', [1, 2, 4, 4], [1, 3, 3, 3], {}, /takes 3 channels, but the input has 2/],
    ['a kernel larger than the image', [1, 1, 2, 2], [1, 1, 3, 3], {}, /does not fit/],
    ['a stride of 0', [1, 1, 4, 4], [1, 1, 3, 3], { stride: 0 }, /strides must be whole numbers/],
  ])('%s', async (_name, x, w, options, message) => {
    const run = evaluate(gpu(), [tensor(x), tensor(w)], (r, xt, wt) =>
      conv2d(r, xt!, wt!, undefined, options),
    );
    await expect(run).rejects.toThrow(message);
  });

  it('gradients of another size to add to', () => {
    const recorder = new Recorder(gpu());
    const [x, dy, w, small] = [
      [1, 3, 8, 8],
      [1, 4, 8, 8],
      [4, 3, 3, 3],
      [1, 3, 4, 4],
    ].map((shape) => gpu().tensor('', shape));
    const calls = [
      () => conv2dBackwardInput(recorder, dy!, w!, x!.shape, same, small),
      () => conv2dBackwardWeights(recorder, x!, dy!, w!, same, small),
      () => conv2dBackwardBias(recorder, dy!, small),
    ];
    for (const call of calls)
      expect(call).toThrow(/^conv2d\.d\w+: the gradient has the shape .* cannot be added to/);
    for (const tensor of [x!, dy!, w!, small!]) gpu().free(tensor);
  });

  it('a bias of another length, and a forced variant that cannot', async () => {
    const inputs = [tensor([1, 1, 4, 4]), tensor([2, 1, 1, 1]), tensor([3])];
    await expect(evaluate(gpu(), inputs, (r, x, w, b) => conv2d(r, x!, w!, b))).rejects.toThrow(
      /one number for each/,
    );
    gpu().variants.force('conv2d', 'tiled');
    await expect(evaluate(gpu(), inputs, (r, x, w) => conv2d(r, x!, w!))).rejects.toThrow(
      /cannot take this shape/,
    );
  });
});

describe('choices made without a GPU', () => {
  it('offers the 3×3 variants only to VGG’s kind of convolution', () => {
    const all = ['direct', 'narrow-lanes', 'tiled', 'uniform'];
    const gpuFacts = { software: false, subgroupSize: 32 };
    const variants = (w: Shape, options: Conv2dOptions) =>
      conv2dVariants(geometry([1, 3, 8, 8], w, options), gpuFacts);
    expect(variants([4, 3, 3, 3], same).toSorted()).toEqual(all);
    for (const options of [
      {},
      { padding: 1, stride: 2 },
      { padding: { top: 1, bottom: 1, left: 1, right: 0 } },
    ]) {
      expect(variants([4, 3, 3, 3], options)).toEqual(['direct']);
    }
    expect(variants([4, 3, 1, 1], { padding: 1 })).toEqual(['direct']);
    // On a GPU, Winograd's products are expected to pay with enough channels and tiles, until that is measured.
    const best = (channels: number, side: number) =>
      conv2dVariants(geometry([1, channels, side, side], [channels, channels, 3, 3], same), gpuFacts)[0];
    expect([best(64, 52), best(63, 52), best(64, 48)]).toEqual(['winograd-tiled', 'tiled', 'tiled']);
    const first = (input: Shape, subgroupSize?: number, software = true) =>
      conv2dVariants(geometry(input, [4, input[1]!, 3, 3], same), { software, subgroupSize })[0];
    expect(first([1, 3, 8, 8], 32, false)).toBe('narrow-lanes');
    expect(first([1, 3, 8, 6], 32, false)).toBe('tiled');
    expect(first([1, 3, 8, 8])).toBe('uniform');
    expect(first([1, 3, 8, 8], 8)).toBe('narrow');
    expect(first([1, 3, 8, 6], 8)).toBe('uniform');
    expect(first([1, 4, 8, 8], 8)).toBe('uniform');
  });

  it('cuts images into strips of whole tile rows that fit the bytes given, or of one row', () => {
    const { quadsAcross, strips } = winogradStrips(33, 18, 10, 36 * 10 * 2 * 4 * 4 * 4, 0);
    expect(quadsAcross).toBe(2);
    expect(strips).toEqual([
      { firstRow: 0, quads: 6, blocks: 1 },
      { firstRow: 3, quads: 6, blocks: 1 },
      { firstRow: 6, quads: 6, blocks: 1 },
    ]);
    expect(winogradStrips(1, 1, 64, 2 ** 24).strips).toEqual([{ firstRow: 0, quads: 1, blocks: 1 }]);
    expect(winogradStrips(9, 9, 64, 1, 0).strips.map(({ quads }) => quads)).toEqual([1, 1, 1]);
    // What fits as a whole is not cut.
    expect(winogradStrips(9, 9, 64, 1).strips.map(({ quads }) => quads)).toEqual([3]);
    expect(winogradStrips(12, 65, 64, 2 ** 24).strips).toEqual([{ firstRow: 0, quads: 15, blocks: 2 }]);
  });

  it('cuts large pictures into workgroups that can be dispatched', () => {
    gpu().variants.force('conv2d', 'tiled');
    const recorder = new Recorder(gpu());
    const [x, w] = [gpu().tensor('x', [1, 1, 4097, 4097]), gpu().tensor('w', [1, 1, 3, 3])];
    conv2d(recorder, x, w, undefined, same);
    expect(recorder.steps.at(-1)).toMatchObject({ label: 'conv2d', workgroups: [257, 257, 1] });
    for (const tensor of [x, w]) gpu().free(tensor);
  });

  it('takes Winograd’s way only where a row of its tiles fits a binding', () => {
    const facts = { software: false, subgroupSize: 32 };
    const variants = (width: number) =>
      conv2dVariants(geometry([1, 64, 1, width], [64, 64, 3, 3], same), facts).filter((name) =>
        name.startsWith('winograd'),
      );
    // 36 positions of 64 channels of 4 numbers for every four pixels: 2,304 bytes a pixel, of 128 MiB.
    expect(variants(58_240)).toHaveLength(2);
    expect(variants(58_272)).toHaveLength(0);
  });

  it('sets as many lanes to a group of outputs as there are quads in use', () => {
    expect([1, 2, 3, 4, 5, 8].map(sharedSpan)).toEqual([2, 2, 4, 4, 8, 8]);
    expect([9, 12].map(sharedSpan)).toEqual([8, 8]);
  });

  it('cuts weights into equal blocks of at most the 64 KiB that every device binds', () => {
    for (const alignment of [32, 256]) {
      for (const [inputs, outputs] of [
        [1, 1],
        [3, 64],
        [64, 64],
        [128, 256],
        [227, 9],
        [228, 9],
        [512, 512],
      ] as const) {
        const { channels, vectors, count } = uniformBlocks(inputs, outputs, alignment);
        expect(vectors * 16).toBeLessThanOrEqual(65_536);
        expect((vectors * 16) % alignment).toBe(0);
        expect(vectors).toBeGreaterThanOrEqual(3 + channels * 18);
        expect(count).toBe(Math.ceil(inputs / channels) * Math.ceil(outputs / 8));
      }
    }
  });
});
