import { VGG19_LAYERS } from '../../src/vgg/layers.js';
import type { Case } from './case.js';
import { convolutions, convolvedGrams, parameterGradients } from './convolutions.js';
import { images } from './images.js';
import { activations, grams, pools } from './layers.js';

/** VGG-19 halves its maps five times, the last time after its last convolution, and resizing is measured from n/2. */
export const LEAST_SIZE = 16;

/** Convolutions that the default job takes, to conv3_1; the gradients to filters are not measured beyond. */
const DEFAULT_DEPTH = 5;

/** Every kernel in every direction at the sizes that VGG-19 gives it, for images of n × n. */
export function casesAt(n: number): Case[] {
  const convolved = distinctConvolutions(n);
  const outputs = new Map(
    convolved.map(([, channels, side]) => [`${channels} ${side}`, [channels, side] as const]),
  );
  const maps = [...outputs.values()];
  // What was convolved last at some size is what is pooled; nothing follows the last pool.
  const pooled = maps.filter(([, side], i) => maps[i + 1] && maps[i + 1]![1] < side);
  return [
    ...convolved.flatMap((layer) => convolutions(...layer)),
    ...maps.flatMap((output) => grams(...output)),
    ...convolved.slice(0, 1).flatMap((first) => convolvedGrams(...first)),
    ...maps.flatMap((output) => activations(...output)),
    ...pooled.flatMap((output) => pools(...output)),
    ...images(n),
    ...convolved.slice(0, DEFAULT_DEPTH).flatMap((layer) => parameterGradients(...layer)),
  ];
}

/** Channels in, channels out and side of VGG-19's convolutions, each once. */
function distinctConvolutions(n: number): [from: number, to: number, side: number][] {
  const found = new Map<string, [number, number, number]>();
  let side = n;
  for (const { kind, inChannels, outChannels } of VGG19_LAYERS) {
    if (kind === 'pool') side >>= 1;
    if (kind === 'conv') found.set(`${inChannels} ${outChannels} ${side}`, [inChannels, outChannels, side]);
  }
  return [...found.values()];
}
