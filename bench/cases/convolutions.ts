import * as kernels from '../../src/kernels/index.js';
import * as oracles from '../oracles/convolution.js';
import * as losses from '../oracles/losses.js';
import { backward, type Case, forward } from './case.js';

const SAME = { stride: 1, padding: 1 };

/** A 3 × 3 convolution from `c` to `o` channels at s × s, and its gradient to the input. */
export function convolutions(c: number, o: number, s: number): Case[] {
  const { x, y, weights, at } = sizes(c, o, s);
  return [
    forward('conv2d', at, {
      record: (r, { tensor, constant }) =>
        kernels.conv2d(r, tensor(x), constant(weights), constant([o]), SAME),
      oracle: ([data, filter, bias]) => oracles.convolution({ c, o, s }, data!, filter!, bias!),
    }),
    backward('conv2d.dInput', at, {
      record: (r, { tensor, constant }) =>
        kernels.conv2dBackwardInput(r, tensor(y), constant(weights), x, SAME),
      oracle: ([dy, filter]) => oracles.convolutionInput({ c, o, s }, dy!, filter!),
    }),
  ];
}

/** The gradient to its input of what its output's Gram matrix misses another by. */
export function convolvedGrams(c: number, o: number, s: number): Case[] {
  const { x, y, weights, at } = sizes(c, o, s);
  return [
    backward('conv2dGramMse.dInput', at, {
      record: (r, { tensor, constant, unread }) => {
        const convolution = { x: unread(x), weights: constant(weights), options: SAME, y: tensor(y) };
        const [g, target, dy] = [tensor([o, o]), tensor([o, o]), tensor([])];
        const back = kernels.conv2dGramMseBackward(r, convolution, { g, target, dy, weight: 1 });
        // The way by the maps leaves the convolution to do.
        return back.x ?? kernels.conv2dBackwardInput(r, back.y!, convolution.weights, x, SAME);
      },
      oracle: ([, filter, maps, g, target, dy]) =>
        oracles.convolutionInput(
          { c, o, s },
          losses.gramErrorInput(o, s * s, maps!, g!, target!, dy!),
          filter!,
        ),
    }),
  ];
}

/** Its gradients to bias and weights, which nothing but training needs. */
export function parameterGradients(c: number, o: number, s: number): Case[] {
  const { x, y, weights, at } = sizes(c, o, s);
  return [
    backward('conv2d.dBias', at, {
      record: (r, { tensor }) => kernels.conv2dBackwardBias(r, tensor(y)),
      oracle: ([dy]) => oracles.convolutionBias(s, dy!),
    }),
    backward('conv2d.dWeights', at, {
      record: (r, { tensor, unread }) =>
        kernels.conv2dBackwardWeights(r, tensor(x), tensor(y), unread(weights), SAME),
      oracle: ([data, dy]) => oracles.convolutionWeights({ c, o, s }, data!, dy!),
    }),
  ];
}

function sizes(c: number, o: number, s: number) {
  return { x: [1, c, s, s], y: [1, o, s, s], weights: [o, c, 3, 3], at: `${c}→${o} @ ${s}²` };
}
