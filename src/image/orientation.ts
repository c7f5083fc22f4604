import type { Pixels } from './pixels.js';

/**
 * How a picture is stored, numbered as in EXIF 2.32 table 6: 1 upright, 2 mirrored, 3 turned by 180°, 4 mirrored
 * top to bottom, 5 transposed, 6 to be turned clockwise, 7 transposed over the other diagonal, 8 to be turned
 * anticlockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * Reads the orientation from EXIF data, beginning at their TIFF header ("II*\0" or "MM\0*"). Data that cannot be
 * read mean upright, as everywhere: a picture is not refused for its notes.
 */
export function readOrientation(exif: Uint8Array): Orientation {
  if (exif.length < 8) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return 1;

  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > exif.length) return 1;
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(entry + 8, little);
    return view.getUint16(entry + 2, little) === SHORT && isOrientation(value) ? value : 1;
  }
  return 1;
}

/** The picture turned upright; 5 to 8 swap width and height. */
export function turnUpright(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels;
  const { width: storedWidth, height: storedHeight, data: stored } = pixels;
  const swapped = orientation >= 5;
  const width = swapped ? storedHeight : storedWidth;
  const height = swapped ? storedWidth : storedHeight;
  // Walking the stored picture as the upright one is filled means perhaps a transposition, and then a
  // direction along either stored axis.
  const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const fromBottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const data = stored.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = swapped ? y : x;
      const down = swapped ? x : y;
      const storedX = fromRight ? storedWidth - 1 - along : along;
      const storedY = fromBottom ? storedHeight - 1 - down : down;
      const from = 4 * (storedY * storedWidth + storedX);
      const to = 4 * (y * width + x);
      for (let c = 0; c < 4; c++) data[to + c] = stored[from + c]!;
    }
  }
  return { width, height, data };
}

function isOrientation(value: number): value is Orientation {
  return value >= 1 && value <= 8;
}
