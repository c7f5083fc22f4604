/** Builds `weights/embedded.safetensors` (or the file named as the argument) from photographs and seeds alone. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { writeSafetensors } from '../../src/vgg/write-safetensors.js';
import { learnNetwork, trainingInput } from './network.js';
import { RECIPES } from './recipe.js';

const target = process.argv[2] ?? new URL('../embedded.safetensors', import.meta.url);
const layers = learnNetwork(trainingInput(), RECIPES, (done) => {
  console.log(`learned layer ${done} of ${RECIPES.length}`);
});
const tensors = layers.flatMap(({ filters, bias }, i) => {
  const { index } = RECIPES[i]!;
  return [
    {
      name: `features.${index}.weight`,
      dtype: 'f16' as const,
      shape: [filters.rows, filters.columns / 9, 3, 3],
      data: filters.data,
    },
    { name: `features.${index}.bias`, dtype: 'f16' as const, shape: [bias.length], data: bias },
  ];
});
const file = writeSafetensors(tensors, { origin: 'Scumble weights/build', license: 'CC0-1.0' });
writeFileSync(target, file);
console.log(`${file.length} bytes, SHA-256 ${createHash('sha256').update(file).digest('hex')}`);
