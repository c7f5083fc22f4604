import * as kernels from '../src/kernels/index.js';
import type { Case } from './measure.js';

/** The convolutions up to conv3_1: channels in, channels out, and how often the sides were halved before. */
const LAYERS = [
  [3, 64, 0],
  [64, 64, 0],
  [64, 128, 1],
  [128, 128, 1],
  [128, 256, 2],
] as const;

const SAME = { stride: 1, padding: 1 };
const POOL = { window: 2 };

/** Every kernel in every direction at the sizes that VGG-19 down to conv3_1 gives it, for images of n × n. */
export function casesAt(n: number): Case[] {
  const convolved = LAYERS.map(([from, to, halvings]) => [from, to, n >> halvings] as const);
  const outputs = [...new Map(convolved.map(([, channels, side]) => [channels, side]))];
  return [
    ...convolved.flatMap((layer) => convolutions(...layer)),
    ...outputs.flatMap((output) => grams(...output)),
    ...outputs.flatMap((output) => activations(...output)),
    // conv3_1 is as deep as the seed goes: what follows it is not pooled.
    ...outputs.slice(0, -1).flatMap((output) => pools(...output)),
    ...images(n),
    // Nothing but training needs these, and a processor takes its time over them.
    ...convolved.flatMap((layer) => parameterGradients(...layer)),
  ];
}

/** A 3 × 3 convolution from `c` to `o` channels at s × s. */
function convolutions(c: number, o: number, s: number): Case[] {
  const { x, y, weights, at } = convolution(c, o, s);
  return [
    forward('conv2d', at, (r, { tensor, constant }) =>
      kernels.conv2d(r, tensor(x), constant(weights), constant([o]), SAME),
    ),
    backward('conv2d.dInput', at, (r, { tensor, constant }) =>
      kernels.conv2dBackwardInput(r, tensor(y), constant(weights), x, SAME),
    ),
  ];
}

function parameterGradients(c: number, o: number, s: number): Case[] {
  const { x, y, weights, at } = convolution(c, o, s);
  return [
    backward('conv2d.dBias', at, (r, { tensor }) => kernels.conv2dBackwardBias(r, tensor(y))),
    backward('conv2d.dWeights', at, (r, { tensor, unread }) =>
      kernels.conv2dBackwardWeights(r, tensor(x), tensor(y), unread(weights), SAME),
    ),
  ];
}

function convolution(c: number, o: number, s: number) {
  return { x: [1, c, s, s], y: [1, o, s, s], weights: [o, c, 3, 3], at: `${c}→${o} @ ${s}²` };
}

/** The Gram matrix of `c` maps of s × s. */
function grams(c: number, s: number): Case[] {
  const x = [1, c, s, s];
  const at = `${c} @ ${s}²`;
  return [
    forward('gram', at, (r, { tensor }) => kernels.gram(r, tensor(x))),
    backward('gram.dInput', at, (r, { tensor }) => kernels.gramBackward(r, tensor(x), tensor([c, c]))),
  ];
}

/** What works on the output of a convolution with `c` channels of s × s. */
function activations(c: number, s: number): Case[] {
  const x = [1, c, s, s];
  const at = `${c} @ ${s}²`;
  return [
    forward('relu', at, (r, { tensor }) => kernels.relu(r, tensor(x))),
    backward('relu.dInput', at, (r, { tensor }) => kernels.reluBackward(r, tensor(x), tensor(x))),
    forward('mse', at, (r, { tensor }) => kernels.mse(r, tensor(x), tensor(x))),
    backward('mse.dInput', at, (r, { tensor }) => kernels.mseBackward(r, tensor(x), tensor(x), tensor([]))),
  ];
}

/** The pools by 2 × 2 of `c` channels of s × s. */
function pools(c: number, s: number): Case[] {
  const x = [1, c, s, s];
  const y = [1, c, s >> 1, s >> 1];
  const at = `${c} @ ${s}²`;
  return [
    forward('maxPool2d', at, (r, { tensor }) => kernels.maxPool2d(r, tensor(x), POOL)),
    backward('maxPool2d.dInput', at, (r, { tensor }) =>
      kernels.maxPool2dBackward(r, tensor(x), tensor(y), POOL),
    ),
    forward('avgPool2d', at, (r, { tensor }) => kernels.avgPool2d(r, tensor(x), POOL)),
    backward('avgPool2d.dInput', at, (r, { tensor, unread }) =>
      kernels.avgPool2dBackward(r, unread(x), tensor(y), POOL),
    ),
  ];
}

/** What works on the image of n × n itself. */
function images(n: number): Case[] {
  const x = [1, 3, n, n];
  const at = `3 @ ${n}²`;
  return [
    forward('sum', at, (r, { tensor }) => kernels.sum(r, tensor(x))),
    forward('maxAbs', at, (r, { tensor }) => kernels.maxAbs(r, tensor(x))),
    forward('dot', at, (r, { tensor }) => kernels.dot(r, tensor(x), tensor(x))),
    forward('add', at, (r, { tensor }) => kernels.add(r, tensor(x), tensor(x))),
    forward('multiply', at, (r, { tensor }) => kernels.multiply(r, tensor(x), tensor(x))),
    forward('axpy', at, (r, { tensor }) => {
      const y = tensor(x);
      kernels.axpy(r, 0.5, tensor(x), y);
      return y;
    }),
    // By -1, for repeats are not to run into denormal numbers.
    forward('scaled', at, (r, { tensor }) => kernels.scaled(r, tensor(x), -1)),
    forward('clamped', at, (r, { tensor }) => kernels.clamped(r, tensor(x), 0, 1)),
    forward('copy', at, (r, { tensor, unread }) => {
      const y = unread(x);
      kernels.copy(r, tensor(x), y);
      return y;
    }),
    forward('uniformNoise', at, (r, { unread }) => {
      const y = unread(x);
      kernels.uniformNoise(r, y, { seed: 1 });
      return y;
    }),
    forward('normalNoise', at, (r, { unread }) => {
      const y = unread(x);
      kernels.normalNoise(r, y, { seed: 1 });
      return y;
    }),
    forward('unpackImage', at, (r, { tensor }) => kernels.unpackImage(r, tensor([n, n]))),
    forward('packImage', at, (r, { tensor }) => kernels.packImage(r, tensor(x))),
    forward('resize', `3 @ ${4 * n}² → ${n}²`, (r, { tensor }) =>
      kernels.resize(r, tensor([1, 3, 4 * n, 4 * n]), n, n),
    ),
    forward('resize', `3 @ ${n >> 1}² → ${n}²`, (r, { tensor }) =>
      kernels.resize(r, tensor([1, 3, n >> 1, n >> 1]), n, n),
    ),
  ];
}

function forward(kernel: string, shape: string, record: Case['record']): Case {
  return { kernel, direction: 'forward', shape, record };
}

function backward(kernel: string, shape: string, record: Case['record']): Case {
  return { kernel, direction: 'backward', shape, record };
}
