import { UserError } from '../errors.js';
import { FLOAT_BYTES } from './dtype.js';
import { floatsToHalves } from './half.js';

/** A tensor to be stored. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major, as many values as the shape says. */
  readonly data: Float32Array;
  /** How it is stored; `f32` if not given. `f16` rounds to the nearest, ties to even. */
  readonly dtype?: 'f32' | 'f16';
}

/**
 * A whole safetensors file. The wider type goes first and the header is padded with spaces to a multiple of eight
 * bytes, so that a reader may map every tensor in place; otherwise the order given is kept. The same arguments give
 * the same bytes.
 * @throws UserError if two tensors share a name, a shape does not fit its data, or a value is too large for f16.
 */
export function writeSafetensors(
  tensors: Iterable<TensorToWrite>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const stored = [...tensors].map(encodeTensor).sort((a, b) => b.elementBytes - a.elementBytes);
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata);
  let end = 0;
  for (const { name, dtype, shape, bytes } of stored) {
    if (header.has(name) || name === '__metadata__') {
      throw new UserError(`Two tensors cannot both be called "${name}" in one safetensors file; rename one.`);
    }
    const begin = end;
    end += bytes.length;
    header.set(name, { dtype, shape, data_offsets: [begin, end] });
  }
  // Through entries and not by assignment: a key such as "__proto__" stays a plain key.
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + end).fill(0x20, 0, 8 + headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, 8);
  let offset = 8 + headerBytes;
  for (const { bytes } of stored) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

function encodeTensor({ name, shape, data, dtype = 'f32' }: TensorToWrite) {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== data.length) {
    throw new UserError(
      `Tensor "${name}" has ${data.length} values, but its shape [${shape.join(', ')}] asks for ${elements}.`,
    );
  }
  const halves = dtype === 'f16' ? floatsToHalves(data) : undefined;
  if (halves?.some((half, i) => (half & 0x7fff) === 0x7c00 && Number.isFinite(data[i]!))) {
    throw new UserError(`Tensor "${name}" has values beyond ±65504, which f16 cannot hold; store it as f32.`);
  }
  const { buffer, byteOffset, byteLength } = halves ?? data;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return { name, dtype: dtype.toUpperCase(), shape, bytes, elementBytes: FLOAT_BYTES[dtype] };
}
