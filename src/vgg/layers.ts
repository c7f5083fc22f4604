import { distance } from 'fastest-levenshtein';
import { shown } from '../checks.js';
import { UserError } from '../errors.js';

/** What a layer of the network does. */
export type VggLayerKind = 'conv' | 'relu' | 'pool';

/** One module of VGG-19's feature extractor (Simonyan & Zisserman 2014, configuration E). */
export interface VggLayer {
  readonly kind: VggLayerKind;
  /** The paper's name: `conv3_1`, `relu3_1`, `pool3`. */
  readonly name: string;
  /** The name that the seed's loop gives: `conv_5`, `relu_5`, `pool_9`. */
  readonly seedName: string;
  /** N of torchvision's `features.N`; also the position in `VGG19_LAYERS`. */
  readonly index: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** Height and width in pixels, and channels, of one layer's output. */
export interface VggLayerSize {
  readonly layer: VggLayer;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Output channels of the convolutions, block by block; each block ends in a 2×2, stride 2 pool. */
const BLOCKS: readonly (readonly number[])[] = [
  [64, 64],
  [128, 128],
  [256, 256, 256, 256],
  [512, 512, 512, 512],
  [512, 512, 512, 512],
];

/**
 * The seed walks over torchvision's `features` with a counter that starts at 1 and is raised after each ReLU.
 * A convolution and its ReLU therefore share a number, which counts convolutions through the whole network,
 * while a pool comes after the raise and bears the number of the convolution that follows it: the five pools
 * are pool_3, pool_5, pool_9, pool_13 and pool_17. Beware that the seed's `pool_3` and `pool_5` are the
 * paper's `pool1` and `pool2`: only the underscore tells the two schemes apart.
 */
function buildTable(): VggLayer[] {
  const layers: VggLayer[] = [];
  let counter = 1;
  let channels = 3;
  const add = (kind: VggLayerKind, name: string, outChannels: number): void => {
    layers.push({
      kind,
      name,
      seedName: `${kind}_${counter}`,
      index: layers.length,
      inChannels: channels,
      outChannels,
    });
    channels = outChannels;
  };
  BLOCKS.forEach((block, blockIndex) => {
    block.forEach((outChannels, position) => {
      const place = `${blockIndex + 1}_${position + 1}`;
      add('conv', `conv${place}`, outChannels);
      add('relu', `relu${place}`, outChannels);
      counter += 1;
    });
    add('pool', `pool${blockIndex + 1}`, channels);
  });
  return layers;
}

/** The 16 convolutions, 16 ReLUs and 5 pools in order; `VGG19_LAYERS[n]` is torchvision's `features.n`. */
export const VGG19_LAYERS: readonly VggLayer[] = buildTable();

const byName = new Map(VGG19_LAYERS.flatMap((layer) => [layer.name, layer.seedName].map((n) => [n, layer])));

/** At most three known names within three edits of `name`, nearest first. */
function suggestions(name: string): string[] {
  return [...byName.keys()]
    .map((known) => ({ known, edits: distance(name, known) }))
    .filter(({ edits }) => edits <= 3)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ known }) => known);
}

/**
 * The layer called `name` in either scheme (`conv3_1` or `conv_5`), whatever the case of its letters.
 * @throws UserError for a name in neither scheme, with the names that come near it.
 */
export function findLayer(name: string): VggLayer {
  // Callers in JavaScript may give anything for a name.
  const wanted = typeof name === 'string' ? name.trim().toLowerCase() : '';
  const layer = byName.get(wanted);
  if (layer !== undefined) return layer;
  const near = suggestions(wanted);
  const advice =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : 'use names such as conv3_1, relu3_1 and pool3, or conv_5, relu_5 and pool_9.';
  throw new UserError(`VGG-19 has no layer called ${shown(name)}; ${advice}`);
}

/** @throws UserError naming the option unless the value is a list, of whatever: `findLayer` knows the names. */
export function requireLayers(option: string, value: unknown): void {
  if (!Array.isArray(value))
    throw new UserError(`${option} must be a list of layers such as ['conv_4'], not ${shown(value)}.`);
}

/**
 * The layers from the first one to the deepest one named, which is all that has to be built for them.
 * @param names in either scheme, in any order, repeats allowed.
 * @throws UserError for an unknown name, or if no name is given.
 */
export function layersUpTo(names: Iterable<string>): readonly VggLayer[] {
  const indices = [...names].map((name) => findLayer(name).index);
  if (indices.length === 0) {
    throw new UserError('No layer of VGG-19 was asked for; name at least one, such as conv3_1.');
  }
  return VGG19_LAYERS.slice(0, Math.max(...indices) + 1);
}

/**
 * What an image of `height` × `width` pixels becomes after each layer. Convolutions (3×3, padding 1) and ReLUs
 * keep the size; a pool halves it and rounds down, as torchvision's `MaxPool2d(2, 2)` with `ceil_mode=False`.
 * @param image what an error calls the image, as the first words of a sentence.
 * @throws UserError if a side is no positive integer or comes to 0 within `layers`, with the smallest size.
 */
export function layerSizes(
  layers: readonly VggLayer[],
  height: number,
  width: number,
  image = 'An image',
): VggLayerSize[] {
  if (![height, width].every((side) => Number.isSafeInteger(side) && side > 0)) {
    throw new UserError(`${image} of ${width}×${height} pixels has no size that VGG-19 can take.`);
  }
  let [h, w] = [height, width];
  return layers.map((layer) => {
    if (layer.kind === 'pool') [h, w] = [Math.floor(h / 2), Math.floor(w / 2)];
    if (h === 0 || w === 0) {
      const deepest = layers[layers.length - 1]!;
      const least = 2 ** layers.filter(({ kind }) => kind === 'pool').length;
      throw new UserError(
        // It may have been scaled, and be no image of that size that anybody knows.
        `${image}, at ${width}×${height} pixels, is too small for VGG-19 as deep as ${deepest.name}: nothing is ` +
          `left of it at ${layer.name}; use at least ${least}×${least} pixels or shallower layers.`,
      );
    }
    return { layer, channels: layer.outChannels, height: h, width: w };
  });
}
