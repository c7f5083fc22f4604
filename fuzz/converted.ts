import { createHash } from 'node:crypto';
import { uniform } from '../bench/random.js';
import { PREPROCESSING_KEY, PREPROCESSINGS } from '../src/vgg/preprocessing.js';
import { SHA256_KEY } from '../src/vgg/safetensors.js';
import { writeSafetensors } from '../src/vgg/write-safetensors.js';
import type { Bytes } from './mutations/bytes.js';

/** A file such as `scumble weights convert` writes, of VGG-19's first convolution, with preprocessing and a hash. */
export function convertedFile(): Bytes {
  const bias = uniform(2, 64);
  return writeSafetensors(
    [
      { name: 'features.0.weight', shape: [64, 3, 3, 3], data: uniform(1, 64 * 27), dtype: 'f16' },
      { name: 'features.0.bias', shape: [64], data: bias },
    ],
    {
      [PREPROCESSING_KEY]: JSON.stringify(PREPROCESSINGS.caffe),
      [`${SHA256_KEY}features.0.bias`]: createHash('sha256')
        .update(new Uint8Array(bias.buffer))
        .digest('hex'),
    },
  );
}
