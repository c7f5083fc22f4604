import { memoryRandomAccess } from '../random-access.js';
import { openSafetensors, SHA256_KEY } from '../safetensors.js';
import { type ConvolutionWeights, loadVggWeights, type WeightSource } from '../weights.js';
import { VGG19_LAYERS, type VggLayer } from '../layers.js';
import { writeSafetensors } from '../write-safetensors.js';
import type { BlobStore } from './blob-store.js';
import { sha256 } from '../sha256.js';

/** What the layers that have been fetched are kept as. */
export const KEPT_NAME = 'vgg19.safetensors';

/** Where the layers in a kept file come from. */
export interface Origin {
  /** The address, without what may be secret in it. */
  readonly url: string;
  /** Of the whole file there. */
  readonly size: string;
  /** Its ETag or date, or nothing. */
  readonly state: string;
}

/** The key in the metadata under which a file that has been fetched has its address. */
export const ORIGIN_KEY = 'scumble.source';

/** Under this one, the convolutions that it has, by the paper's names and between spaces. */
export const LAYERS_KEY = 'scumble.layers';

const KEYS = { url: ORIGIN_KEY, size: 'scumble.source-size', state: 'scumble.source-state' } as const;

/** A kept file whose every tensor is as it was when it was written. */
export interface Kept {
  readonly origin: Origin;
  /** Convolutions by the paper's names. */
  readonly weights: ReadonlyMap<string, ConvolutionWeights>;
  readonly source: WeightSource;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Opens what is kept in `store`, and checks all of it.
 *
 * @returns undefined if nothing is kept.
 * @throws UserError if it is damaged, or something else; StoreError if it cannot be read
 */
export async function openKept(store: BlobStore): Promise<Kept | undefined> {
  const bytes = await store.get(KEPT_NAME);
  return bytes && decodeKept(store.describe(KEPT_NAME), bytes);
}

/**
 * Reads what `encodeKept` made, and checks all of it.
 *
 * @param name what errors call it.
 * @throws UserError if it is damaged, or something else
 */
export async function decodeKept(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Kept> {
  const source = await openSafetensors(memoryRandomAccess(name, bytes));
  const names = new Set(source.metadata.get(LAYERS_KEY)?.split(' '));
  const layers = VGG19_LAYERS.filter(({ name }) => names.has(name));
  const [url = '', size = '', state = ''] = Object.values(KEYS).map((key) => source.metadata.get(key));
  const weights = await loadVggWeights(source, layers);
  return { origin: { url, size, state }, weights, source, bytes: bytes.length };
}

/** A safetensors file of convolutions under torchvision's names, with where they come from and a hash of each tensor. */
export async function encodeKept(
  weights: ReadonlyMap<string, ConvolutionWeights>,
  origin: Origin,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const layers = VGG19_LAYERS.filter(({ name }) => weights.has(name));
  const tensors = layers.flatMap((layer) => tensorsOf(layer, weights.get(layer.name)!));
  const hashes = tensors.map(async ({ name, data }) => {
    const { buffer, byteOffset, byteLength } = data;
    return [`${SHA256_KEY}${name}`, await sha256(new Uint8Array(buffer, byteOffset, byteLength))] as const;
  });
  return writeSafetensors(tensors, {
    ...metadata,
    [KEYS.url]: origin.url,
    [KEYS.size]: origin.size,
    [KEYS.state]: origin.state,
    [LAYERS_KEY]: layers.map(({ name }) => name).join(' '),
    ...Object.fromEntries(await Promise.all(hashes)),
  });
}

export function sameOrigin(a: Origin, b: Origin): boolean {
  return a.url === b.url && a.size === b.size && a.state === b.state;
}

function tensorsOf({ index }: VggLayer, { weight, bias, shape }: ConvolutionWeights) {
  return [
    { name: `features.${index}.weight`, shape, data: weight },
    { name: `features.${index}.bias`, shape: [bias.length], data: bias },
  ];
}
