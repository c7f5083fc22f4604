import { BadImage, checkSize, cutShort, damaged } from './bad-image.js';
import { latin1 } from './format.js';
import { readOrientation } from './orientation.js';
import type { Orientation } from './orientation.js';

/** What the segments of a JPEG file (ITU T.81, annex B) say about it, without decoding a pixel. */
export interface JpegLayout {
  /** One byte for each colour component, as named by the frame header: 1, 2, 3 or 'R', 'G', 'B' and so on. */
  readonly componentIds: readonly number[];
  readonly jfif: boolean;
  /** Adobe's APP14: 0 means RGB or CMYK as stored, 1 YCbCr, 2 YCCK; undefined without the segment. */
  readonly adobeTransform: number | undefined;
  /** Where the name in that segment begins. */
  readonly adobeOffset: number | undefined;
  readonly orientation: Orientation;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;

/** Frame headers that jpeg-js does not decode, as people would call them. */
const UNREAD: Readonly<Record<number, string>> = {
  0xc3: 'a lossless JPEG',
  0xc5: 'a hierarchical JPEG',
  0xc6: 'a hierarchical JPEG',
  0xc7: 'a hierarchical JPEG',
  0xc9: 'an arithmetic-coded JPEG',
  0xca: 'an arithmetic-coded JPEG',
  0xcb: 'an arithmetic-coded JPEG',
  0xcd: 'a hierarchical JPEG',
  0xce: 'a hierarchical JPEG',
  0xcf: 'a hierarchical JPEG',
};

/**
 * Walks the file from SOI to EOI. jpeg-js reads zeros beyond the end of the data and so may fill the rest of a
 * cut picture with gray: that EOI is there tells a whole file from a cut one.
 *
 * @throws BadImage if the file is cut short, damaged, of an unread kind, or announces more than `maxPixels`
 */
export function readJpegLayout(bytes: Uint8Array, maxPixels: number): JpegLayout {
  let componentIds: number[] | undefined;
  let hasScan = false;
  let jfif = false;
  let adobeTransform: number | undefined;
  let adobeOffset: number | undefined;
  let orientation: Orientation = 1;

  let at = 2;
  for (;;) {
    // A marker is 0xFF, which may be repeated as a filler, and its code.
    if (at < bytes.length && bytes[at] !== 0xff) throw damaged('JPEG');
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) throw cutShort('JPEG');
    if (marker === EOI) break;
    if (marker === SOI || marker === 0 || isRestart(marker)) throw damaged('JPEG');

    if (at + 2 > bytes.length) throw cutShort('JPEG');
    const length = bytes[at]! * 256 + bytes[at + 1]!;
    const body = bytes.subarray(at + 2, at + length);
    if (length < 2) throw damaged('JPEG');
    if (body.length < length - 2) throw cutShort('JPEG');
    at += length;

    if (UNREAD[marker] !== undefined) {
      throw new BadImage(`is ${UNREAD[marker]}, which cannot be read; save it as a baseline JPEG or a PNG`);
    }
    if (marker >= 0xc0 && marker <= 0xc2) {
      if (componentIds !== undefined) throw damaged('JPEG');
      componentIds = readFrameHeader(body, maxPixels);
    } else if (marker === APP0 && latin1(body, 0, 5) === 'JFIF\0') {
      jfif = true;
    } else if (marker === APP1 && latin1(body, 0, 6) === 'Exif\0\0') {
      orientation = readOrientation(body.subarray(6));
    } else if (marker === APP14 && latin1(body, 0, 5) === 'Adobe') {
      adobeTransform = body[11];
      adobeOffset = body.byteOffset - bytes.byteOffset;
    } else if (marker === SOS) {
      hasScan = true;
      at = skipEntropyCoded(bytes, at);
    }
  }
  if (componentIds === undefined || !hasScan) {
    throw new BadImage('is damaged: its JPEG data hold no picture; copy or save it again');
  }
  return { componentIds, jfif, adobeTransform, adobeOffset, orientation };
}

function readFrameHeader(body: Uint8Array, maxPixels: number): number[] {
  const count = body[5];
  if (count === undefined || body.length < 6 + 3 * count) throw damaged('JPEG');
  if (body[0] !== 8) {
    throw new BadImage(`is a JPEG of ${body[0]} bits a sample, which cannot be read; save it with 8 bits`);
  }
  if (count !== 1 && count !== 3 && count !== 4) throw damaged('JPEG');
  checkSize('JPEG', body[3]! * 256 + body[4]!, body[1]! * 256 + body[2]!, maxPixels);
  const ids: number[] = [];
  for (let c = 0; c < count; c++) {
    const h = body[7 + 3 * c]! >> 4;
    const v = body[7 + 3 * c]! & 15;
    // The standard allows 1 to 4. jpeg-js would allocate up to 15 × 15 times the picture.
    if (h < 1 || h > 4 || v < 1 || v > 4) throw damaged('JPEG');
    ids.push(body[6 + 3 * c]!);
  }
  if (new Set(ids).size !== count) throw damaged('JPEG');
  return ids;
}

/** The offset of the first marker after the scan's data, in which 0xFF is followed by 0 or a restart code. */
function skipEntropyCoded(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) throw cutShort('JPEG');
    const code = bytes[at + 1]!;
    if (code !== 0 && code !== 0xff && !isRestart(code)) return at;
    at += code === 0xff ? 1 : 2;
  }
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}
