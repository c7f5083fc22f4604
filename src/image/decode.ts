import { UserError } from '../errors.js';
import { BadImage, cutShort } from './bad-image.js';
import { sniff } from './format.js';
import { decodeJpeg } from './jpeg.js';
import { turnUpright } from './orientation.js';
import { hasTransparency, onWhite } from './pixels.js';
import type { Pixels } from './pixels.js';
import { decodePng } from './png.js';

/** More than full-frame cameras have; jpeg-js takes up to 35 bytes a pixel, so 2.2 GB, to decode so many. */
const MAX_PIXELS = 64e6;

/** A picture as decoded: upright and opaque. `data` is a Uint16Array if the file had 16 bits a sample. */
export interface DecodedImage extends Pixels {
  readonly format: 'png' | 'jpeg';
}

/**
 * Decodes a JPEG or PNG file, told apart by its content and not by its name. EXIF orientation is applied, and
 * transparent parts are laid on white.
 *
 * @param name how to call the file in sentences
 * @param notices is given one sentence for each thing done to the picture that its owner may not expect
 * @param maxPixels the most width × height that the header may announce; checked before anything is allocated
 * @throws UserError if the data are empty, cut short, damaged, too large, or neither JPEG nor PNG
 */
export function decodeImage(
  bytes: Uint8Array,
  name: string,
  notices?: (sentence: string) => void,
  maxPixels: number = MAX_PIXELS,
): DecodedImage {
  let decoded: DecodedImage;
  try {
    decoded = decodeByContent(bytes, maxPixels);
  } catch (error) {
    if (error instanceof BadImage) throw new UserError(`${name} ${error.message}.`, 2, { cause: error });
    throw error;
  }
  if (!hasTransparency(decoded)) return decoded;
  notices?.(`${name} has transparent parts; they are laid on white.`);
  return { ...onWhite(decoded), format: decoded.format };
}

function decodeByContent(bytes: Uint8Array, maxPixels: number): DecodedImage {
  if (bytes.length === 0) throw new BadImage('is empty (0 bytes); copy or save it again');
  const sniffed = sniff(bytes);
  if (sniffed.kind === 'other') {
    throw new BadImage(
      sniffed.looksLike === undefined
        ? 'is neither a JPEG nor a PNG image; convert it to one of the two'
        : `is ${sniffed.looksLike}, not a JPEG or PNG image; convert it to one of the two`,
    );
  }
  if (sniffed.beginning) throw cutShort(sniffed.kind === 'png' ? 'PNG' : 'JPEG');
  const { pixels, orientation } = (sniffed.kind === 'png' ? decodePng : decodeJpeg)(bytes, maxPixels);
  return { ...turnUpright(pixels, orientation), format: sniffed.kind };
}
