/** @file A reader that throws what is no sentence, returns what is no tensor, or ends its process, by the size of the file. */
import { UserError } from '../../../src/errors.js';
import type { RandomAccess } from '../../../src/vgg/random-access.js';
import type { WeightSource } from '../../../src/vgg/weights.js';

export async function openWeights(file: RandomAccess): Promise<WeightSource> {
  switch (file.size % 4) {
    case 0:
      throw new TypeError('undefined is not iterable');
    case 1:
      throw new UserError('no full stop');
    case 2:
      return {
        describe: file.name,
        format: 'none',
        tensors: [{ name: 'short', shape: [3], dtype: 'f32' }],
        metadata: new Map(),
        read: async () => new Float32Array(2),
      };
    default:
      process.kill(process.pid, 'SIGKILL');
      throw new Error('not reached');
  }
}
