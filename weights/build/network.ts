import { createRandom } from '../../demo/paint/random.js';
import { convolveRelu, maxPool, type Convolution, type FeatureMap } from './feature-maps.js';
import { learnLayer, samplePatches } from './layer.js';
import { trainingPictures } from './pictures.js';
import { PICTURES, type LayerRecipe } from './recipe.js';

/** The pictures as the network's input. */
export function trainingInput(): FeatureMap[] {
  const { count, size, seed } = PICTURES;
  return trainingPictures(count, size, seed).map((data) => ({
    channels: 3,
    height: size,
    width: size,
    data,
  }));
}

/**
 * Learns layer after layer, each from what the layers below make of the pictures.
 *
 * @param report - told after each layer how many are done
 * @returns one convolution for each recipe
 */
export function learnNetwork(
  pictures: readonly FeatureMap[],
  recipes: readonly LayerRecipe[],
  report: (done: number) => void = () => undefined,
): Convolution[] {
  const layers: Convolution[] = [];
  let maps = pictures;
  for (const recipe of recipes) {
    // A generator of its own for every layer: a change in one recipe leaves the draws of the others alone.
    const random = createRandom(PICTURES.seed + recipe.index);
    const layer = learnLayer(samplePatches(maps, recipe.patches, random), recipe, random);
    layers.push(layer);
    report(layers.length);
    if (layers.length === recipes.length) break;
    maps = maps.map((map) => {
      const activations = convolveRelu(map, layer);
      return recipe.pooled ? maxPool(activations) : activations;
    });
  }
  return layers;
}
