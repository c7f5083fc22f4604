/** @file A reader that believes what a file of an even size says, and lets go of it again before it refuses the file. */
import { UserError } from '../../../src/errors.js';
import type { RandomAccess } from '../../../src/vgg/random-access.js';
import type { WeightSource } from '../../../src/vgg/weights.js';

export async function openWeights(file: RandomAccess): Promise<WeightSource> {
  const length = file.size % 2 === 0 ? 5 * file.size + 20_000 : 3 * file.size;
  throw new UserError(`It is refused after ${new Float64Array(length / 8).length} numbers.`);
}
