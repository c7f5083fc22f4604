import { blobRandomAccess } from '../vgg/blob-random-access.js';
import { openWeights } from '../vgg/open-weights.js';
import { memoryRandomAccess } from '../vgg/random-access.js';
import type { WeightSource } from '../vgg/weights.js';

/** A file of weights: its bytes, or a Blob (a browser's `File` is one). */
export type WeightsInput = ArrayBuffer | Uint8Array<ArrayBuffer> | Blob;

/**
 * Opens weights however they are given.
 *
 * @param name what errors call them; default: the file's own name, or 'The weights'.
 * @throws UserError if they are in no format that can be read.
 */
export async function openWeightsFrom(
  source: WeightsInput | WeightSource,
  name?: string,
): Promise<WeightSource> {
  if ('tensors' in source) return source;
  if (source instanceof Uint8Array) return openWeights(memoryRandomAccess(name ?? UNNAMED, source));
  if (source instanceof ArrayBuffer)
    return openWeights(memoryRandomAccess(name ?? UNNAMED, new Uint8Array(source)));
  return openWeights(blobRandomAccess(name ?? fileName(source), source));
}

const UNNAMED = 'The weights';

function fileName(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : UNNAMED;
}
