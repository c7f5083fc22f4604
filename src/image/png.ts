import { PNG } from 'pngjs';
import { BadImage, checkSize, cutShort, damaged } from './bad-image.js';
import { latin1 } from './format.js';
import { checkPictureData } from './png-data.js';
import { readOrientation } from './orientation.js';
import type { Orientation } from './orientation.js';
import type { Pixels, Pixels8 } from './pixels.js';

/*
 * PNG (W3C, third edition) by way of pngjs. pngjs speaks Node's Buffer and zlib: this is the one file of the
 * folder that touches them, so a bundle for the browser needs a shim for it, or leaves it out and hands the
 * engine pixels from a canvas.
 */

/** For each colour type its channels and the bit depths it may have (section 11.2.1). */
const COLOUR_TYPES: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

interface PngLayout {
  readonly header: PngHeader;
  /** The contents of the IDAT chunks. */
  readonly data: readonly Uint8Array[];
  readonly orientation: Orientation;
  /** Where IEND ends; what comes after is no part of the picture, and pngjs would stumble over it. */
  readonly end: number;
}

/**
 * Decodes any PNG: 16-bit files to 16-bit pixels, all others to 8 bits. Transparency is kept. Gamma and colour
 * profiles are ignored, as in Pillow.
 *
 * @throws BadImage if the data are cut short, damaged, or announce more than `maxPixels` pixels
 */
export function decodePng(
  bytes: Uint8Array,
  maxPixels: number,
): { pixels: Pixels; orientation: Orientation } {
  const { header, data: parts, orientation, end } = readLayout(bytes, maxPixels);
  const { width, height, depth, channels, interlaced } = header;
  checkPictureData(parts, width, height, depth * channels, interlaced);
  let png: PNG;
  try {
    png = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, end), { skipRescale: depth === 16 });
  } catch (error) {
    throw damaged('PNG', error);
  }
  // The declared type is Buffer; with `skipRescale` 16-bit samples come as a Uint16Array.
  const samples: Uint8Array | Uint16Array = png.data;
  const data =
    samples instanceof Uint16Array
      ? samples
      : new Uint8ClampedArray(samples.buffer, samples.byteOffset, samples.length);
  return { pixels: { width, height, data }, orientation };
}

/** Encodes as 8-bit RGB with zlib; transparency is dropped, so lay the picture on something first. */
export function encodePng(pixels: Pixels8): Uint8Array {
  const { width, height, data } = pixels;
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.length);
  const file = PNG.sync.write(png, { colorType: 2, inputColorType: 6, inputHasAlpha: true });
  return new Uint8Array(file.buffer, file.byteOffset, file.length);
}

/** Walks the chunks without decoding any, since pngjs reports a cut only here and there, and then obscurely. */
function readLayout(bytes: Uint8Array, maxPixels: number): PngLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let orientation: Orientation = 1;
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = latin1(bytes, at + 4, 4);
    const next = at + 12 + length;
    if (!/^[A-Za-z]{4}$/.test(type)) throw damaged('PNG');
    if ((type === 'IHDR') !== (header === undefined)) throw damaged('PNG');
    if (next > bytes.length) break;
    const body = bytes.subarray(at + 8, next - 4);
    header ??= readHeader(body, maxPixels);
    if (type === 'IDAT') data.push(body);
    if (type === 'eXIf') orientation = readOrientation(body);
    if (type === 'IEND') {
      if (data.length > 0) return { header, data, orientation, end: next };
      throw new BadImage('is damaged: its PNG data hold no picture; copy or save it again');
    }
    at = next;
  }
  throw cutShort('PNG');
}

function readHeader(body: Uint8Array, maxPixels: number): PngHeader {
  if (body.length !== 13) throw damaged('PNG');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const depth = view.getUint8(8);
  const colour = COLOUR_TYPES[view.getUint8(9)];
  // pngjs would decode a depth that the colour type cannot have to nonsense.
  if (!colour?.depths.includes(depth)) throw damaged('PNG');
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  checkSize('PNG', width, height, maxPixels);
  return { width, height, depth, channels: colour.channels, interlaced: view.getUint8(12) === 1 };
}
