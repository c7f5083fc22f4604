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

/** Every kernel in every direction at the sizes that VGG-19 down to conv3_1 gives it, for images of n × n. */
export function casesAt(n: number): Case[] {
  const outputs = new Map(LAYERS.map(([, channels, halvings]) => [channels, n >> halvings]));
  return [
    ...LAYERS.flatMap(([from, to, halvings]) => convolutions(from, to, n >> halvings)),
    ...[...outputs].flatMap(([channels, side]) => activations(channels, side)),
    ...images(n),
  ];
}

/** A 3 × 3 convolution from `c` to `o` channels at s × s. */
function convolutions(c: number, o: number, s: number): Case[] {
  const [x, y, weights] = [
    [1, c, s, s],
    [1, o, s, s],
    [o, c, 3, 3],
  ];
  const at = `${c}→${o} @ ${s}²`;
  return [
    forward('conv2d', at, (r, { tensor, constant }) =>
      kernels.conv2d(r, tensor(x), constant(weights), constant([o]), SAME),
    ),
    backward('conv2d.dInput', at, (r, { tensor, constant }) =>
      kernels.conv2dBackwardInput(r, tensor(y), constant(weights), x, SAME),
    ),
    backward('conv2d.dWeights', at, (r, { tensor, constant }) =>
      kernels.conv2dBackwardWeights(r, tensor(x), tensor(y), constant(weights), SAME),
    ),
    backward('conv2d.dBias', at, (r, { tensor }) => kernels.conv2dBackwardBias(r, tensor(y))),
  ];
}

/** What works on the output of a convolution with `c` channels of s × s. */
function activations(c: number, s: number): Case[] {
  const x = [1, c, s, s];
  const at = `${c} @ ${s}²`;
  return [
    forward('relu', at, (r, { tensor }) => kernels.relu(r, tensor(x))),
    backward('relu.dInput', at, (r, { tensor }) => kernels.reluBackward(r, tensor(x), tensor(x))),
    forward('gram', at, (r, { tensor }) => kernels.gram(r, tensor(x))),
    backward('gram.dInput', at, (r, { tensor }) => kernels.gramBackward(r, tensor(x), tensor([c, c]))),
  ];
}

/** What works on the image of n × n itself. */
function images(n: number): Case[] {
  const x = [1, 3, n, n];
  const at = `3 @ ${n}²`;
  return [
    forward('add', at, (r, { tensor }) => kernels.add(r, tensor(x), tensor(x))),
    forward('axpy', at, (r, { tensor }) => kernels.axpy(r, 0.5, tensor(x), tensor(x))),
    forward('uniformNoise', at, (r, { tensor }) => kernels.uniformNoise(r, tensor(x), { seed: 1 })),
    forward('normalNoise', at, (r, { tensor }) => kernels.normalNoise(r, tensor(x), { seed: 1 })),
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
