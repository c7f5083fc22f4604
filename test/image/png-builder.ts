import { crc32, deflateSync } from 'node:zlib';

/** A PNG put together from the specification by hand, unfiltered, of any colour type, depth and interlacing. */
export interface PngRecipe {
  readonly width: number;
  readonly height: number;
  readonly colorType: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** The stored samples of a pixel, as many as the colour type has. */
  readonly sample: (x: number, y: number) => readonly number[];
  readonly interlaced?: boolean;
  /** Chunks to stand before IDAT, such as PLTE and tRNS. */
  readonly chunks?: readonly Uint8Array[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

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

export function buildPng(recipe: PngRecipe): Uint8Array {
  const { width, height, colorType, depth, interlaced = false, chunks = [] } = recipe;
  const rows: number[] = [];
  for (const [left, top, across, down] of interlaced ? ADAM7 : [[0, 0, 1, 1] as const]) {
    if (left >= width) continue;
    for (let y = top; y < height; y += down) {
      rows.push(0);
      const bits: number[] = [];
      for (let x = left; x < width; x += across) {
        for (const value of recipe.sample(x, y)) {
          for (let bit = depth - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
        }
      }
      for (let i = 0; i < bits.length; i += 8) {
        rows.push(bits.slice(i, i + 8).reduce((byte, bit, k) => byte | (bit << (7 - k)), 0));
      }
    }
  }
  return concat([
    Uint8Array.from(SIGNATURE),
    header(width, height, depth, colorType, interlaced),
    ...chunks,
    chunk('IDAT', deflateSync(Uint8Array.from(rows))),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** The signature and a header alone: what a decoder sees before it must decide whether to go on. */
export function headerOnlyPng(width: number, height: number): Uint8Array {
  return concat([Uint8Array.from(SIGNATURE), header(width, height, 8, 2, false)]);
}

export function chunk(type: string, body: Uint8Array): Uint8Array {
  const tagged = concat([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), body]);
  const result = new Uint8Array(8 + tagged.length);
  const view = new DataView(result.buffer);
  view.setUint32(0, body.length);
  result.set(tagged, 4);
  view.setUint32(4 + tagged.length, crc32(tagged));
  return result;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function header(width: number, height: number, depth: number, colorType: number, interlaced: boolean) {
  const body = new Uint8Array(13);
  const view = new DataView(body.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  body.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8);
  return chunk('IHDR', body);
}
