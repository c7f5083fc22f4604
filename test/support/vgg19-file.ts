/** Full-size files of VGG-19 that are nowhere whole: what surrounds the tensors, and seeded numbers made as they are read. */
import { readFileSync } from 'node:fs';
import { VGG19_LAYERS } from '../../src/vgg/layers.js';
import { uniform } from './random.js';

/** Something that can be served without lying anywhere. */
export interface VirtualFile {
  readonly size: number;
  read(begin: number, end: number): Buffer;
}

type Segment = { readonly bytes: Buffer } | { readonly tensor: string; readonly length: number };

/** Seeded floats of the size of filters. A prime number of them, so that each tensor begins elsewhere among them. */
const TILE_FLOATS = 1_000_003;
const tile = Buffer.from(Float32Array.from(uniform(19, TILE_FLOATS, -0.1, 0.1)).buffer);

const CLASSIFIER: readonly [string, readonly number[]][] = [
  ['head.fc', [1000, 4096]],
  ['pre_logits.fc1', [4096, 512, 7, 7]],
  ['pre_logits.fc2', [4096, 4096, 1, 1]],
];

/** Names and shapes of the convolutions' tensors, as torchvision and timm have them. */
export const CONVOLUTIONS: readonly (readonly [string, readonly number[]])[] = VGG19_LAYERS.filter(
  ({ kind }) => kind === 'conv',
).flatMap(({ index, inChannels, outChannels }) => [
  [`features.${index}.weight`, [outChannels, inChannels, 3, 3]] as const,
  [`features.${index}.bias`, [outChannels]] as const,
]);

/** Bytes of a tensor, from a place in it on. */
function numbers(tensor: string, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const at = (start(tensor) * 4 + from + done) % tile.length;
    done += tile.copy(bytes, done, at, Math.min(tile.length, at + length - done));
  }
  return bytes;
}

/** Where in the tile a tensor begins, told by its name alone. */
function start(tensor: string): number {
  return [...tensor].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % TILE_FLOATS, 7);
}

/** What a reader of any of the files should get for a tensor. */
export function tensorValues(tensor: string, count: number): Float32Array {
  const bytes = numbers(tensor, 0, count * 4);
  return new Float32Array(bytes.buffer, bytes.byteOffset, count);
}

function virtualFile(segments: readonly Segment[]): VirtualFile {
  let size = 0;
  const placed = segments.map((segment) => {
    const begin = size;
    size += 'bytes' in segment ? segment.bytes.length : segment.length;
    return { begin, end: size, segment };
  });
  const read = (begin: number, end: number): Buffer => {
    const parts = placed.filter((place) => place.begin < end && place.end > begin);
    return Buffer.concat(
      parts.map(({ segment, ...place }) => {
        const from = Math.max(begin, place.begin) - place.begin;
        const to = Math.min(end, place.end) - place.begin;
        return 'bytes' in segment
          ? segment.bytes.subarray(from, to)
          : numbers(segment.tensor, from, to - from);
      }),
    );
  };
  return { size, read };
}

/** A safetensors file of the tensors given, in the order of their names, as the format's own writer puts them. */
export function safetensorsFile(tensors: readonly (readonly [string, readonly number[]])[]): VirtualFile {
  let end = 0;
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([name, shape]) => {
    const begin = end;
    end += 4 * shape.reduce((product, length) => product * length, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const header = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = entries.map(
    ([
      tensor,
      {
        data_offsets: [from, to],
      },
    ]) => ({ tensor, length: to! - from! }),
  );
  return virtualFile([{ bytes: length }, { bytes: header }, ...data]);
}

/** As timm's model.safetensors: 574 MB. */
export function timmFile(): VirtualFile {
  const classifier = CLASSIFIER.flatMap(([name, shape]) => [
    [`${name}.weight`, shape] as const,
    [`${name}.bias`, shape.slice(0, 1)] as const,
  ]);
  return safetensorsFile([...CONVOLUTIONS, ...classifier]);
}

/** Only the convolutions: 80 MB. */
export function convolutionsFile(): VirtualFile {
  return safetensorsFile(CONVOLUTIONS);
}

/** What PyTorch's `torch.save` writes of torchvision's VGG-19, today or before 1.6: 574 MB. */
export function pytorchFile(format: 'zip' | 'legacy'): VirtualFile {
  const path = new URL(`../fixtures/vgg19-files/${format}.json`, import.meta.url);
  const { segments }: { segments: ({ base64: string } | { tensor: string; bytes: number })[] } = JSON.parse(
    readFileSync(path, 'utf8'),
  );
  return virtualFile(
    segments.map((segment) =>
      'base64' in segment
        ? { bytes: Buffer.from(segment.base64, 'base64') }
        : { tensor: segment.tensor, length: segment.bytes },
    ),
  );
}
