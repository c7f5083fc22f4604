import { UserError } from '../errors.js';
import { decodeImage } from '../image/decode.js';
import type { DecodedImage } from '../image/decode.js';
import { encodeImage, formatFromName } from '../image/encode.js';
import type { EncodeOptions } from '../image/encode.js';
import type { Pixels } from '../image/pixels.js';
import { fileReason } from './fs-errors.js';
import { assertReplaceable, replaceFile } from './output-files.js';
import { readWhole } from './read-whole.js';

export { assertReplaceable } from './output-files.js';

/** More than any JPEG or PNG that could be decoded; what is larger is some other file. */
const MAX_FILE_BYTES = 2 ** 30;

/** What of a picture's file is read. */
export interface ReadOptions {
  /** Is given one sentence for each thing done to the picture that its owner may not expect. */
  readonly notices?: (sentence: string) => void;
  /** The most width × height that is decoded. */
  readonly maxPixels?: number;
}

/**
 * Reads a JPEG or PNG file, as `decodeImage` does with its bytes.
 *
 * @throws UserError if the file cannot be read or is not an image that can be decoded
 */
export async function readImage(path: string, options: ReadOptions = {}): Promise<DecodedImage> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path, MAX_FILE_BYTES);
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
  return decodeImage(bytes, path, options.notices, options.maxPixels);
}

/**
 * Makes sure, before hours are spent on a picture, that it can be written: the ending names a format, and
 * `assertReplaceable`. Leaves no trace.
 *
 * @throws UserError otherwise
 */
export async function assertWritable(path: string): Promise<void> {
  formatFromName(path);
  await assertReplaceable(path);
}

/**
 * Encodes a picture in the format its name asks for and writes it, whole or not at all (`replaceFile`).
 *
 * @throws UserError if it cannot be encoded or written
 */
export async function writeImage(path: string, pixels: Pixels, options: EncodeOptions = {}): Promise<void> {
  await replaceFile(path, encodeImage(pixels, formatFromName(path), options));
}
