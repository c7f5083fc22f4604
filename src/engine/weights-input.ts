import { kindOf, requireObject, shown } from '../checks.js';
import { UserError } from '../errors.js';
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
 * @throws UserError for anything else, and if they are in no format that can be read.
 */
export async function openWeightsFrom(
  source: WeightsInput | WeightSource,
  name?: string,
): Promise<WeightSource> {
  const given = `What stands for ${name ?? 'the weights'}`;
  requireObject(given, source, WANTED);
  if ('tensors' in source) return source;
  if (isBytes(source)) return openWeights(memoryRandomAccess(name ?? UNNAMED, source));
  if (isArrayBuffer(source)) return openWeights(memoryRandomAccess(name ?? UNNAMED, new Uint8Array(source)));
  if (isBlob(source)) return openWeights(blobRandomAccess(name ?? fileName(source), source));
  throw new UserError(`${given} is ${shown(source)}; give ${WANTED}.`);
}

// By their kinds, since they may be of another realm, as a frame's are.
function isBytes(source: WeightsInput): source is Uint8Array<ArrayBuffer> {
  return kindOf(source) === 'Uint8Array';
}

function isArrayBuffer(source: WeightsInput): source is ArrayBuffer {
  return kindOf(source) === 'ArrayBuffer';
}

function isBlob(source: WeightsInput): source is Blob {
  return ['Blob', 'File'].includes(kindOf(source));
}

const WANTED =
  'the bytes of a file in an ArrayBuffer or a Uint8Array, a Blob of it, or an opened source, as fetchVgg19 gives one';

const UNNAMED = 'The weights';

function fileName(blob: Blob): string {
  return 'name' in blob && typeof blob.name === 'string' ? blob.name : UNNAMED;
}
