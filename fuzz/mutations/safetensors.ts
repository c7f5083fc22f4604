import type { Dice } from '../dice.js';
import { type Bytes, join, mutateBytes } from './bytes.js';

/**
 * Changes the header and notes its new length, so that what is wrong is in the header alone.
 * @returns undefined if the bytes are no safetensors file any more.
 */
export function mutateSafetensors(
  bytes: Bytes,
  dice: Dice,
  words: readonly Uint8Array[],
  other: Bytes,
): Bytes | undefined {
  if (bytes.length < 8) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(bytes.length - 8)) return undefined;
  const end = 8 + Number(length);
  const header = mutateBytes(bytes.slice(8, end), dice, words, other);
  const head = new DataView(new ArrayBuffer(8));
  head.setBigUint64(0, BigInt(header.length), true);
  return join(new Uint8Array(head.buffer), header, bytes.subarray(end));
}
