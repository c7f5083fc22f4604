import { UserError } from '../errors.js';
import { requireDescription } from './description.js';
import { decodeFloats, requireFloatType } from './dtype.js';
import { PREPROCESSING_KEY } from './preprocessing.js';
import type { RandomAccess } from './random-access.js';
import { sha256 } from './sha256.js';
import type { TensorInfo, WeightSource } from './weights.js';

// The format: https://huggingface.co/docs/safetensors. Eight bytes with the header's length (little-endian), the
// header (JSON: name → dtype, shape, data_offsets; "__metadata__" → strings), then the data without holes.

/** Bits of an element, by the format's names. */
const BITS: Readonly<Record<string, number>> = {
  ...{ F64: 64, F32: 32, F16: 16, BF16: 16, F8_E4M3: 8, F8_E5M2: 8 },
  ...{ I64: 64, I32: 32, I16: 16, I8: 8, U64: 64, U32: 32, U16: 16, U8: 8, BOOL: 8 },
};

/** Before a tensor's name, this is the key in the metadata under which the SHA-256 of its bytes may stand. */
export const SHA256_KEY = 'scumble.sha256.';

interface Entry extends TensorInfo {
  /** Bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** Whether `head`, the first 9 bytes or more of a file of `size` bytes, can begin a safetensors file. */
export function looksLikeSafetensors(head: Uint8Array<ArrayBuffer>, size: number): boolean {
  return head.length > 8 && head[8] === '{'.charCodeAt(0) && headerLength(head) <= size - 8;
}

/**
 * Opens a safetensors file: reads its header and no tensor.
 * Where the metadata tell a tensor's SHA-256 (SHA256_KEY), reading it checks that.
 * @throws UserError if it is damaged: a header that is no JSON of the right form, or tensors that overlap, leave
 *   holes, have a size other than their shape's, or lie outside the file.
 */
export async function openSafetensors(file: RandomAccess): Promise<WeightSource> {
  const length = headerLength(await file.read(0, 8));
  if (length > file.size - 8) {
    throw damaged(file, `it announces a header of ${length} bytes, more than there can be`);
  }
  requireDescription(file, length);
  const { entries, metadata } = parseHeader(file, await file.read(8, length));
  checkLayout(file, entries, file.size - 8 - length);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    describe: file.name,
    format: 'safetensors',
    ...(await preprocessing(file, metadata)),
    tensors: entries.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    metadata,
    read: async (name) => {
      const entry = byName.get(name);
      if (entry === undefined) throw new UserError(`${file.name} has no tensor "${name}".`);
      const { begin, end } = entry;
      const dtype = requireFloatType(file.name, name, entry.dtype);
      const bytes = await file.read(8 + length + begin, end - begin);
      await checkHash(file, name, bytes, metadata.get(`${SHA256_KEY}${name}`));
      return decodeFloats(bytes, dtype);
    },
  };
}

async function preprocessing(
  file: RandomAccess,
  metadata: ReadonlyMap<string, string>,
): Promise<Pick<WeightSource, 'preprocessing'>> {
  const text = metadata.get(PREPROCESSING_KEY);
  if (text === undefined) return {};
  // With a library that most runs do without.
  const { parsePreprocessing } = await import('./stored-preprocessing.js');
  return { preprocessing: parsePreprocessing(file.name, text) };
}

async function checkHash(
  file: RandomAccess,
  tensor: string,
  bytes: Uint8Array<ArrayBuffer>,
  hash: string | undefined,
): Promise<void> {
  if (hash === undefined || (await sha256(bytes)) === hash) return;
  throw new UserError(
    `${file.name} is damaged: the SHA-256 of "${tensor}" is not the one that was noted when it was written; get a ` +
      'fresh copy of the file.',
  );
}

function headerLength(head: Uint8Array<ArrayBuffer>): number {
  return Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true));
}

function damaged(file: RandomAccess, why: string, cause?: unknown): UserError {
  const message = `${file.name} is no sound safetensors file: ${why}; get a fresh copy of the file.`;
  return new UserError(message, 2, { cause });
}

function parseHeader(
  file: RandomAccess,
  bytes: Uint8Array,
): { entries: Entry[]; metadata: Map<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged(file, 'its header is not JSON', error);
  }
  if (!isRecord(header)) throw damaged(file, 'its header is not a JSON object');
  const { __metadata__: metadata = {}, ...tensors } = header;
  if (!isRecord(metadata)) throw damaged(file, 'its metadata is not a JSON object');
  const strings = Object.entries(metadata).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key, value]] : [],
  );
  const entries = Object.entries(tensors).map(([name, fields]) => parseEntry(file, name, fields));
  return { entries, metadata: new Map(strings) };
}

function parseEntry(file: RandomAccess, name: string, fields: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(fields) ? fields : {};
  if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw damaged(file, `the entry of tensor "${name}" lacks a dtype, a shape or two offsets`);
  }
  return { name, dtype: dtype.toLowerCase(), shape, begin: offsets[0]!, end: offsets[1]! };
}

/** The data must be the tensors, end to end, and nothing else. */
function checkLayout(file: RandomAccess, entries: readonly Entry[], dataBytes: number): void {
  let expected = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const { name, dtype, shape, begin, end } = entry;
    if (begin !== expected || end < begin) {
      throw damaged(file, `tensor "${name}" does not begin where the one before it ends`);
    }
    const bits = BITS[dtype.toUpperCase()];
    const elements = shape.reduce((product, size) => product * size, 1);
    if (bits !== undefined && elements * bits !== (end - begin) * 8) {
      throw damaged(file, `tensor "${name}" has a size that is not its shape's`);
    }
    expected = end;
  }
  if (expected !== dataBytes) {
    throw damaged(file, `its tensors take ${expected} bytes, but it has ${dataBytes} for them`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
