import { Unzlib } from 'fflate';
import { damaged } from './bad-image.js';

/** First column, first row, column step and row step of Adam7's passes (PNG, section 8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Deflate expands at most 1032 times, so that no piece gives more than 64 MiB at once. */
const PIECE = 1 << 16;

/**
 * Makes sure that the compressed data hold the whole picture. pngjs does not: where zlib stops early, it fills
 * the rest of the picture with whatever memory it got. Nothing of the data is kept, so a small file that would
 * unpack to gigabytes costs no memory either.
 *
 * @param parts the contents of the IDAT chunks
 * @param bitsPerPixel channels × depth
 * @throws BadImage otherwise
 */
export function checkPictureData(
  parts: readonly Uint8Array[],
  width: number,
  height: number,
  bitsPerPixel: number,
  interlaced: boolean,
): void {
  const expected = unpackedBytes(width, height, bitsPerPixel, interlaced);
  let unpacked = 0;
  const inflator = new Unzlib((piece) => {
    unpacked += piece.length;
  });
  try {
    for (const part of parts) {
      for (let at = 0; at < part.length && unpacked <= expected; at += PIECE) {
        inflator.push(part.subarray(at, at + PIECE));
      }
    }
    if (unpacked < expected) inflator.push(new Uint8Array(), true);
  } catch (error) {
    throw damaged('PNG', error);
  }
  // Bytes beyond the picture are harmless and pngjs drops them, save between the passes of an interlaced one.
  if (unpacked < expected || (interlaced && unpacked > expected)) throw damaged('PNG');
}

/** The size of the picture as rows of whole bytes, each behind a byte for its filter. */
function unpackedBytes(width: number, height: number, bitsPerPixel: number, interlaced: boolean): number {
  let bytes = 0;
  for (const [left, top, across, down] of interlaced ? ADAM7 : [[0, 0, 1, 1] as const]) {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    if (columns > 0 && rows > 0) bytes += rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  }
  return bytes;
}
