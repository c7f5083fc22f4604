import * as kernels from '../../src/kernels/index.js';
import * as losses from '../oracles/losses.js';
import * as oracles from '../oracles/pools.js';
import { backward, both, type Case, forward } from './case.js';

const POOL = { window: 2 };

/** The Gram matrix of `c` maps of s × s. */
export function grams(c: number, s: number): Case[] {
  const { x, at } = maps(c, s);
  return [
    forward('gram', at, {
      record: (r, { tensor }) => kernels.gram(r, tensor(x)),
      oracle: ([data]) => losses.gram(c, s * s, data!),
    }),
    backward('gram.dInput', at, {
      record: (r, { tensor }) => kernels.gramBackward(r, tensor(x), tensor([c, c])),
      oracle: ([data, dy]) => losses.gramInput(c, s * s, data!, dy!),
    }),
    backward('gramMse.dInput', at, {
      record: (r, { tensor }) => {
        const [g, target, dy] = [tensor([c, c]), tensor([c, c]), tensor([])];
        return kernels.gramMseBackward(r, tensor(x), { g, target, dy, weight: 1 });
      },
      oracle: ([g, target, dy, data]) => losses.gramErrorInput(c, s * s, data!, g!, target!, dy!),
    }),
  ];
}

/** What works on the output of a convolution with `c` channels of s × s. */
export function activations(c: number, s: number): Case[] {
  const { x, at } = maps(c, s);
  return [
    forward('relu', at, {
      record: (r, { tensor }) => kernels.relu(r, tensor(x)),
      oracle:
        ([data]) =>
        (i) =>
          Math.max(data![i]!, 0),
    }),
    backward('relu.dInput', at, {
      record: (r, { tensor }) => kernels.reluBackward(r, tensor(x), tensor(x)),
      oracle:
        ([data, dy]) =>
        (i) =>
          data![i]! > 0 ? dy![i]! : 0,
    }),
    forward('mse', at, {
      record: (r, { tensor }) => kernels.mse(r, tensor(x), tensor(x)),
      oracle: ([a, b]) => losses.meanSquaredError(a!, b!),
    }),
    both('mseWithGradient', at, {
      record: (r, { tensor }) => kernels.mseWithGradient(r, tensor(x), tensor(x)).gradient,
      oracle: ([a, b]) => losses.meanSquaredErrorInput(a!, b!, [1]),
    }),
    backward('mse.dInput', at, {
      record: (r, { tensor }) => kernels.mseBackward(r, tensor(x), tensor(x), tensor([])),
      oracle: ([a, b, dy]) => losses.meanSquaredErrorInput(a!, b!, dy!),
    }),
  ];
}

/** The pools by 2 × 2 of `c` channels of s × s. */
export function pools(c: number, s: number): Case[] {
  const { x, at } = maps(c, s);
  const y = [1, c, s >> 1, s >> 1];
  return [
    forward('maxPool2d', at, {
      record: (r, { tensor }) => kernels.maxPool2d(r, tensor(x), POOL),
      oracle: ([data]) => oracles.maxPool(s, data!),
    }),
    backward('maxPool2d.dInput', at, {
      record: (r, { tensor }) => kernels.maxPool2dBackward(r, tensor(x), tensor(y), POOL),
      oracle: ([data, dy]) => oracles.maxPoolInput(s, data!, dy!),
    }),
    forward('avgPool2d', at, {
      record: (r, { tensor }) => kernels.avgPool2d(r, tensor(x), POOL),
      oracle: ([data]) => oracles.averagePool(s, data!),
    }),
    backward('avgPool2d.dInput', at, {
      record: (r, { tensor, unread }) => kernels.avgPool2dBackward(r, unread(x), tensor(y), POOL),
      oracle: ([, dy]) => oracles.averagePoolInput(s, dy!),
    }),
  ];
}

function maps(c: number, s: number) {
  return { x: [1, c, s, s], at: `${c} @ ${s}²` };
}
