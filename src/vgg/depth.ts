import { findLayer, VGG19_LAYERS } from './layers.js';

const DEEPEST = VGG19_LAYERS.findLast(({ kind }) => kind === 'conv')!;

/**
 * Which layers a user means: names between commas in either scheme, `all`, or `conv5` for the fifth convolution, the seed's
 * `conv_5` (the paper's blocks have two numbers: `conv3_1`).
 *
 * @returns names as `findLayer` takes them.
 * @throws UserError for a name that is none of these.
 */
export function parseLayers(text: string): string[] {
  return text.split(',').map((given) => {
    const name = given.trim().toLowerCase();
    if (name === 'all') return DEEPEST.name;
    return findLayer(name.replace(/^(conv|relu)(\d+)$/, '$1_$2')).name;
  });
}
