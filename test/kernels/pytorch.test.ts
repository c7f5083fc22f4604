/** Pooling, Gram matrices and the weighted squared error, forward and backward, against PyTorch's own figures. */
import { describe, expect, it } from 'vitest';
import {
  avgPool2d,
  avgPool2dBackward,
  gram,
  gramBackward,
  maxPool2d,
  maxPool2dBackward,
  mse,
  mseBackward,
} from '../../src/kernels/index.js';
import { loadFixture, type PoolCase } from '../support/fixtures.js';
import { evaluate, useGpu } from '../support/gpu.js';
import { quantised, signed } from '../support/seeded.js';

const gpu = useGpu();
const figures = await loadFixture('kernels');
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

// Sums of at most 20 terms below 2 in magnitude in float32, against float64 printed with nine digits.
const tolerance = { absolute: 20 * 2 ** -24, relative: 20 * 2 ** -24 };

function poolInputs({ shape, levels, seeds, outputShape }: PoolCase) {
  const data = levels ? quantised(seeds.input, count(shape), levels) : signed(seeds.input, count(shape));
  return [
    { data, shape },
    { data: signed(seeds.gradient, count(outputShape)), shape: outputShape },
  ];
}

const poolOptions = ({ window, stride, padding, ceil }: PoolCase) => ({
  window,
  stride,
  padding,
  ceilMode: ceil,
});

describe.each(figures.maxPools)('max_pool2d of $shape, window $window, ceil $ceil', (figure) => {
  it('has the shape, the values and, among ties, the winners of PyTorch', async () => {
    const options = poolOptions(figure);
    const [y, dx] = await evaluate(gpu(), poolInputs(figure), (r, x, dy) => {
      const pooled = maxPool2d(r, x!, options);
      expect(pooled.shape).toEqual(figure.outputShape);
      return [pooled, maxPool2dBackward(r, x!, dy!, options)];
    });
    expect(y).toBeAllClose(figure.output, tolerance);
    expect(dx).toBeAllClose(figure.gradients.input, tolerance);
  });
});

describe.each(figures.averagePools)('avg_pool2d of $shape, window $window, ceil $ceil', (figure) => {
  it('is what PyTorch gives', async () => {
    const options = poolOptions(figure);
    const [y, dx] = await evaluate(gpu(), poolInputs(figure), (r, x, dy) => [
      avgPool2d(r, x!, options),
      avgPool2dBackward(r, x!, dy!, options),
    ]);
    expect(y).toBeAllClose(figure.output, tolerance);
    expect(dx).toBeAllClose(figure.gradients.input, tolerance);
  });
});

describe.each(figures.grams)(
  'the Gram matrix of $shape',
  ({ shape, seeds, outputShape, output, gradients }) => {
    it('is what PyTorch gives', async () => {
      const inputs = [
        { data: signed(seeds.input, count(shape)), shape },
        { data: signed(seeds.gradient, count(outputShape)), shape: outputShape },
      ];
      const [y, dx] = await evaluate(gpu(), inputs, (r, x, dy) => [gram(r, x!), gramBackward(r, x!, dy!)]);
      expect(y).toBeAllClose(output, tolerance);
      expect(dx).toBeAllClose(gradients.input, tolerance);
    });
  },
);

describe.each(figures.losses)('mse_loss of $count numbers, weight $weight', (figure) => {
  it('is what PyTorch gives', async () => {
    const { seeds, weight, loss, gradient } = figure;
    const inputs = [
      { data: signed(seeds.input, figure.count), shape: [figure.count] },
      { data: signed(seeds.target, figure.count), shape: [figure.count] },
      { data: Float32Array.of(1), shape: [] },
    ];
    const [y, da] = await evaluate(gpu(), inputs, (r, a, b, one) => [
      mse(r, a!, b!, weight),
      mseBackward(r, a!, b!, one!, weight),
    ]);
    // Positive terms only, so that the error is relative to the sum.
    expect(y).toBeAllClose([loss], { relative: 60 * 2 ** -24 });
    expect(da).toBeAllClose(gradient, { relative: 8 * 2 ** -24, absolute: 1e-8 });
  });
});
