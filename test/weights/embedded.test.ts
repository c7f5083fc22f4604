import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { layersUpTo } from '../../src/vgg/layers.js';
import { openWeights } from '../../src/vgg/open-weights.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { loadVggWeights, type ConvolutionWeights } from '../../src/vgg/weights.js';
import { convolveRelu, maxPool, type FeatureMap } from '../../weights/build/feature-maps.js';
import { learnNetwork, trainingInput } from '../../weights/build/network.js';
import { trainingPictures } from '../../weights/build/pictures.js';
import { RECIPES } from '../../weights/build/recipe.js';

const bytes = Uint8Array.from(readFileSync(new URL('../../weights/embedded.safetensors', import.meta.url)));
const readme = readFileSync(new URL('../../weights/README.md', import.meta.url), 'utf8');
let weights: Map<string, ConvolutionWeights>;

beforeAll(async () => {
  const source = await openWeights(memoryRandomAccess('embedded.safetensors', bytes));
  weights = await loadVggWeights(source, layersUpTo(['conv3_1']));
});

test('is small, and the file that its README describes', () => {
  expect(bytes.length).toBeLessThanOrEqual(1_200_000);
  expect(readme).toContain(createHash('sha256').update(bytes).digest('hex'));
});

test("has VGG-19's first five convolutions", () => {
  const shapes = [...weights].map(([name, { shape }]) => `${name} ${shape.join('×')}`);
  expect(shapes).toEqual([
    'conv1_1 64×3×3×3',
    'conv1_2 64×64×3×3',
    'conv2_1 128×64×3×3',
    'conv2_2 128×128×3×3',
    'conv3_1 256×128×3×3',
  ]);
});

test('activates on unseen pictures as strongly as the recipe says', () => {
  // Another seed than the training's: other cuts, colours and shapes.
  const size = 48;
  let maps: FeatureMap[] = trainingPictures(10, size, 77).map((data) => ({
    channels: 3,
    height: size,
    width: size,
    data,
  }));
  for (const [i, { weight, bias, shape }] of [...weights.values()].entries()) {
    const recipe = RECIPES[i]!;
    const filters = { rows: shape[0], columns: shape[1] * 9, data: weight };
    maps = maps.map((map) => convolveRelu(map, { filters, bias }));
    const values = maps.flatMap((map) => [mean(map.data)]);
    const ratio = mean(Float32Array.from(values)) / recipe.meanActivation;
    // Ten pictures are few: their contrast alone varies by a third from draw to draw. A filter bank scaled wrongly,
    // permuted, or fed by a wrong layer is off by several times.
    expect(ratio, `features.${recipe.index}`).toBeGreaterThan(0.5);
    expect(ratio, `features.${recipe.index}`).toBeLessThan(2);
    if (recipe.pooled) maps = maps.map(maxPool);
  }
}, 120_000);

describe('rebuilt', () => {
  test('the first layer comes out as it is in the file', () => {
    const [layer] = learnNetwork(trainingInput(), RECIPES.slice(0, 1));
    const stored = weights.get('conv1_1')!;
    expect(relativeDifference(layer!.filters.data, stored.weight)).toBeLessThan(TOLERANCE);
    expect(relativeDifference(layer!.bias, stored.bias)).toBeLessThan(TOLERANCE);
  }, 120_000);
});

// Bit for bit on one machine. Another version of the JavaScript engine may round a cosine otherwise; a last bit of
// float16 is 1e-3, while one other seed or recipe moves whole filters (differences of order 1).
const TOLERANCE = 2e-3;

function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  const distance = Math.hypot(...actual.map((value, i) => value - expected[i]!));
  return distance / Math.hypot(...expected);
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
