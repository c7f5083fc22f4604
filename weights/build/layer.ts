import type { Random } from '../../demo/paint/random.js';
import { floatToHalf, halfToFloat } from '../../src/vgg/half.js';
import { copyPatch, type Convolution, type FeatureMap } from './feature-maps.js';
import { sphericalKmeans } from './kmeans.js';
import { createMatrix, dot, row, timesTransposed, type Matrix } from './matrix.js';
import type { LayerRecipe } from './recipe.js';
import { fitWhitening, toFilter, whiten } from './whitening.js';

/** `count` patches of 3×3 from random places (never over a border) of random maps, one a row. */
export function samplePatches(maps: readonly FeatureMap[], count: number, random: Random): Matrix {
  const patches = createMatrix(count, maps[0]!.channels * 9);
  for (let i = 0; i < count; i++) {
    const map = maps[random.below(maps.length)]!;
    const x = 1 + random.below(map.width - 2);
    const y = 1 + random.below(map.height - 2);
    copyPatch(map, x, y, row(patches, i));
  }
  return patches;
}

/**
 * Learns one convolution from patches of the layer below: whitens them, evens out their contrast, takes k-means
 * directions as filters, sets each bias so that the average patch gives no response (less a threshold), and scales
 * each filter so that its mean activation after ReLU is the recipe's (Gatys' normalised network has 1).
 */
export function learnLayer(patches: Matrix, recipe: LayerRecipe, random: Random): Convolution {
  const whitening = fitWhitening(patches, recipe.ridge);
  const directions = sphericalKmeans(
    evenContrast(whiten(whitening, patches)),
    recipe.filters,
    recipe.iterations,
    random,
  );
  const filters = createMatrix(recipe.filters, patches.columns);
  const bias = new Float32Array(recipe.filters);
  for (let k = 0; k < recipe.filters; k++) {
    const filter = Float32Array.from(toFilter(whitening, row(directions, k)));
    row(filters, k).set(filter);
    bias[k] = -dot(filter, whitening.mean);
  }
  return scaleActivations({ filters, bias }, patches, recipe);
}

/** Drops nearly flat patches and draws the lengths of the rest together, so that strong edges do not decide alone. */
function evenContrast(samples: Matrix): Matrix {
  const lengths = Float64Array.from({ length: samples.rows }, (_, i) =>
    Math.sqrt(dot(row(samples, i), row(samples, i))),
  );
  const median = lengths.toSorted()[samples.rows >> 1]!;
  const kept = [...lengths.keys()].filter((i) => lengths[i]! > 0.5 * median);
  const out = createMatrix(kept.length, samples.columns);
  kept.forEach((from, to) => {
    const gain = 1 / (lengths[from]! + 0.1 * median);
    row(out, to).set(row(samples, from).map((value) => value * gain));
  });
  return out;
}

/** Sets threshold and scale from the responses over all patches, and rounds to what float16 can hold. */
function scaleActivations({ filters, bias }: Convolution, patches: Matrix, recipe: LayerRecipe): Convolution {
  const responses = timesTransposed(filters, patches);
  const scaled = createMatrix(filters.rows, filters.columns);
  const scaledBias = new Float32Array(filters.rows);
  for (let k = 0; k < filters.rows; k++) {
    const line = row(responses, k);
    // The bias makes the mean response 0, so the mean square is the variance.
    let squares = 0;
    for (const value of line) squares += (value + bias[k]!) ** 2;
    const shifted = bias[k]! - recipe.threshold * Math.sqrt(squares / line.length);
    let active = 0;
    for (const value of line) active += Math.max(0, value + shifted);
    const gain = (recipe.meanActivation * line.length) / active;
    row(scaled, k).set(row(filters, k).map((value) => toHalf(value * gain)));
    scaledBias[k] = toHalf(shifted * gain);
  }
  return { filters: scaled, bias: scaledBias };
}

function toHalf(value: number): number {
  return halfToFloat(floatToHalf(value));
}
