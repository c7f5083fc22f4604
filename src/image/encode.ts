import { requireObject, requireWhole } from '../checks.js';
import { UserError } from '../errors.js';
import { BadImage } from './bad-image.js';
import { encodeJpeg } from './jpeg.js';
import { onWhite, pictureFault, toEightBits } from './pixels.js';
import type { Pixels } from './pixels.js';
import { encodePng } from './png.js';

export type ImageFormat = 'png' | 'jpeg';

export interface EncodeOptions {
  /** JPEG only: 1 (smallest) to 100 (best), 95 unless said otherwise. */
  readonly quality?: number;
}

/** Of a JPEG, from the least to the most. */
export const QUALITIES = [1, 100] as const;

/**
 * Encodes a picture at 8 bits a sample, transparent parts laid on white.
 *
 * @throws UserError if it is no picture, the quality is no whole number of 1..100, or the picture is larger than a JPEG can be
 */
export function encodeImage(pixels: Pixels, format: ImageFormat, options: EncodeOptions = {}): Uint8Array {
  requireObject('The picture', pixels, 'pixels as readImage and job.pixels() give them');
  const fault = pictureFault(pixels);
  if (fault !== undefined) throw new UserError(`The picture ${fault}`);
  const opaque = toEightBits(onWhite(pixels));
  if (format === 'png') return encodePng(opaque);
  const { quality = 95 } = options;
  requireWhole('The quality of a JPEG', quality, QUALITIES);
  try {
    return encodeJpeg(opaque, quality);
  } catch (error) {
    if (error instanceof BadImage) throw new UserError(`The JPEG ${error.message}.`, 2, { cause: error });
    throw error;
  }
}

/**
 * The format that a file name's ending asks for, in either case.
 *
 * @throws UserError if it is neither `.png` nor `.jpg` nor `.jpeg`
 */
export function formatFromName(path: string): ImageFormat {
  const ending = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  if (ending === 'png') return 'png';
  if (ending === 'jpg' || ending === 'jpeg') return 'jpeg';
  throw new UserError(
    `Cannot tell from its name in which format to write ${path}; end it in .png, .jpg or .jpeg.`,
  );
}
