import { afterEach, describe, expect, it } from 'vitest';
import { add, conv2d, gramMse, relu, sum } from '../../src/autodiff/operations.js';
import { Tape } from '../../src/autodiff/tape.js';
import type { Recorder } from '../../src/gpu/recorder.js';
import { type Shape, Storage, Tensor } from '../../src/gpu/tensor.js';
import { conv2dGeometry, type Conv2dOptions } from '../../src/kernels/conv2d-geometry.js';
import { gramMseWays } from '../../src/kernels/conv2d-gram-mse.js';
import { conv2dGramMseBackward, gram, scaled } from '../../src/kernels/index.js';
import { conv2dGradientOracle, conv2dOracle } from '../oracles/conv2d.js';
import { numericalGradient } from '../support/differences.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { gramErrorGradientOracle, gramErrorOracle } from '../support/gram-oracle.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();
const WEIGHT = 30;
const SAME = { padding: 1 };

afterEach(() => gpu().variants.force('conv2dGramMse', undefined));

const size = (shape: Shape) => shape.reduce((a, b) => a * b, 1);
const given = (seed: number, ...shape: number[]) => ({ data: uniform(seed, size(shape)), shape });
const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });

const geometry = (input: Shape, weights: Shape, options: Conv2dOptions = SAME) =>
  conv2dGeometry(input, new Tensor(new Storage('weights', 4 * size(weights)), weights), options);

/** The gradient to y of the error of its Gram matrix. */
const mapsOracle = (y: ArrayLike<number>, target: ArrayLike<number>, dy: number, m: number) =>
  gramErrorGradientOracle(y, target, WEIGHT, dy, m, y.length / m);

describe.each(['filters', 'maps'] as const)('the gradient by the way of the %s', (way) => {
  // VGG's first layer, of whole vectors and not; filters of another size, a step of two; a rectified input.
  it.each<[string, Shape, Shape, Conv2dOptions]>([
    ['3→64 @ 8×8', [1, 3, 8, 8], [64, 3, 3, 3], SAME],
    ['3→40 @ 7×5', [1, 3, 7, 5], [40, 3, 3, 3], SAME],
    ['2→9 @ 9×6, 2×2, stride 2', [1, 2, 9, 6], [9, 2, 2, 2], { stride: 2 }],
    ['1→12 @ 4×4, rectified', [1, 1, 4, 4], [12, 1, 3, 3], { ...SAME, rectify: true }],
  ])('on %s is that of float64, and is added to what was there', async (_name, shape, filters, options) => {
    gpu().variants.force('conv2dGramMse', way);
    const g = geometry(shape, filters, options);
    const m = g.outputChannels;
    const [x, w] = [given(1, ...shape), given(2, ...filters)];
    const y = given(3, 1, m, g.outputHeight, g.outputWidth);
    // No symmetric target: the kernel is to be right for any.
    const target = given(4, m, m);
    const before = given(5, ...(way === 'maps' ? y.shape : shape));
    const record = (r: Recorder, [a, b, c, d, e, f]: Tensor[]) => {
      const convolution = { x: a!, weights: b!, options, y: c! };
      const error = { g: gram(r, c!), target: d!, weight: WEIGHT, dy: e! };
      const into = scaled(r, f!, 1);
      const fresh = conv2dGramMseBackward(r, convolution, error);
      const added = conv2dGramMseBackward(r, convolution, error, way === 'maps' ? { y: into } : { x: into });
      const other = way === 'maps' ? 'x' : 'y';
      expect([fresh[other], added[other]]).toEqual([undefined, undefined]);
      return way === 'maps' ? [fresh.y!, added.y!] : [fresh.x!, added.x!];
    };
    const inputs = [x, w, y, target, scalar(-0.75), before];
    const [made, sum] = await evaluate(gpu(), inputs, (r, ...tensors) => record(r, tensors));

    const dy = mapsOracle(y.data, target.data, -0.75, m);
    const gate = (v: number, i: number) => (options.rectify && x.data[i]! <= 0 ? 0 : v);
    const expected = way === 'maps' ? dy : conv2dGradientOracle(g, x.data, w.data, dy).dx.map(gate);
    // As for the gradient of a Gram matrix (gram.test.ts), relative to the largest: the sum over channels comes first by
    // the one way and last by the other, and has as many terms either way.
    expect(made).toBeNear(expected, 2e-6);
    expect(sum).toBeNear(
      expected.map((v, i) => v + before.data[i]!),
      2e-6,
    );
  });

  it('agrees with finite differences on a tape, beside what else the maps serve for', async () => {
    gpu().variants.force('conv2dGramMse', way);
    const [shape, filters] = [
      [1, 1, 3, 4],
      [10, 1, 3, 3],
    ];
    const g = geometry(shape, filters);
    const [x, w, bias] = [given(6, ...shape), given(7, ...filters), given(8, 10)];
    const target = given(9, 10, 10);
    const [loss, dx] = await evaluate(gpu(), [x, w, bias, target], (r, a, b, c, d) => {
      const tape = new Tape(r);
      const image = tape.variable(a!);
      const of = { x: image, weights: tape.constant(b!), bias: tape.constant(c!), options: SAME };
      const maps = conv2d(of.x, of.weights, of.bias, of.options);
      const made = add(gramMse(maps, tape.constant(d!), 1, of), sum(relu(maps)));
      return [made.value, tape.backward(made).get(image)!];
    });
    const oracle = (p: ArrayLike<number>) => {
      const y = conv2dOracle(g, p, w.data, bias.data);
      return gramErrorOracle(y, target.data, 1, 10, 12) + y.reduce((a, v) => a + Math.max(v, 0), 0);
    };
    expect(loss).toBeNear(Float64Array.of(oracle(x.data)), 1e-6);
    // A step of 1e-6 crosses no output's zero, and errs by 1e-10 for rounding; what remains is float32's.
    expect(dx).toBeNear(numericalGradient(oracle, x.data, 1e-6), 2e-6);
  });
});

it('goes by the maps where the filters are not held fixed, or nobody says what made the maps', async () => {
  gpu().variants.force('conv2dGramMse', 'filters');
  const [x, w, bias, target] = [given(1, 1, 1, 3, 3), given(2, 10, 1, 3, 3), given(3, 10), given(4, 10, 10)];
  const gradients = await evaluate(gpu(), [x, w, bias, target], (r, a, b, c, d) => {
    const tape = new Tape(r);
    const of = { x: tape.variable(a!), weights: tape.variable(b!), bias: tape.variable(c!), options: SAME };
    const maps = conv2d(of.x, of.weights, of.bias, of.options);
    const backward = (loss: ReturnType<typeof gramMse>) => tape.backward(loss).get(maps)!;
    return [
      backward(gramMse(maps, tape.constant(d!), WEIGHT, of)),
      backward(gramMse(maps, tape.constant(d!), WEIGHT)),
    ];
  });
  const y = conv2dOracle(geometry(x.shape, w.shape), x.data, w.data, bias.data);
  const expected = mapsOracle(Float64Array.from(y), target.data, 1, 10);
  for (const gradient of gradients) expect(gradient).toBeNear(expected, 2e-6);
});

describe('which ways there are', () => {
  const narrow = { software: true, subgroupSize: 8 };
  const wide = { software: false, subgroupSize: 32 };
  const first = (width: number) => geometry([1, 3, 128, width], [64, 3, 3, 3]);

  it('by the filters first, where a kernel is made for so few channels', () => {
    for (const facts of [narrow, wide]) {
      expect(gramMseWays(first(128), { dtype: 'f32' }, facts)).toEqual(['filters', 'maps']);
      expect(gramMseWays(first(127), { dtype: 'f32' }, facts)).toEqual(['maps', 'filters']);
    }
  });

  it('by the maps alone, where filters have as many numbers, for a batch, and for maps in halves', () => {
    const ways = (input: Shape, weights: Shape, dtype: 'f32' | 'f16' = 'f32') =>
      gramMseWays(geometry(input, weights), { dtype }, narrow);
    expect(ways([1, 3, 8, 8], [27, 3, 3, 3])).toEqual(['maps']);
    expect(ways([1, 3, 8, 8], [28, 3, 3, 3])).toHaveLength(2);
    expect(ways([2, 3, 8, 8], [64, 3, 3, 3])).toEqual(['maps']);
    expect(ways([1, 3, 8, 8], [64, 3, 3, 3], 'f16')).toEqual(['maps']);
  });
});

it('refuses maps that the convolution does not make, and matrices that are not theirs', async () => {
  const call = (y: number[], g: number[]) =>
    evaluate(
      gpu(),
      [given(1, 1, 3, 4, 4), given(2, 64, 3, 3, 3), given(3, ...y), given(4, ...g), scalar(1)],
      (r, a, b, c, d, e) => {
        const error = { g: d!, target: d!, weight: 1, dy: e! };
        const made = conv2dGramMseBackward(r, { x: a!, weights: b!, options: SAME, y: c! }, error);
        return made.x ?? made.y!;
      },
    );
  await expect(call([1, 64, 4, 5], [64, 64])).rejects.toThrow(/^conv2dGramMse\.dInput: .* is not what/);
  await expect(call([1, 64, 4, 4], [63, 63])).rejects.toThrow(/must be \[64, 64\]/);
});
