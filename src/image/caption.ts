import type { Pixels8 } from './pixels.js';

/*
 * Captions in a font of 5 × 7 dots: enough to name the pictures of a montage without a font library, which
 * would be larger than the rest of the image code.
 */

const GLYPH_WIDTH = 5;
const ADVANCE = GLYPH_WIDTH + 1;

/** The height of a letter in dots. */
export const CAPTION_HEIGHT = 7;

/** Each letter's seven rows from the top, a base-32 digit a row, whose highest bit is the leftmost dot. */
const FONT: Readonly<Record<string, string>> = {
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hppljjh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllrh',
  X: 'hha4ahh',
  Y: 'hha4444',
  Z: 'v1248gv',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
  '.': '00000cc',
  '-': '000v000',
};

/** How many letters of `dot` pixels a dot fit into `width` pixels. */
export function captionRoom(width: number, dot: number): number {
  return Math.floor((width / dot + 1) / ADVANCE);
}

/**
 * Draws `text` in black capitals, its upper left corner at `left`, `top`, each dot a square of `dot` pixels. A
 * character that the font lacks leaves a blank.
 */
export function drawCaption(sheet: Pixels8, text: string, left: number, top: number, dot: number): void {
  [...text.toUpperCase()].forEach((letter, i) => {
    const rows = FONT[letter] ?? '';
    [...rows].forEach((digit, y) => {
      const bits = parseInt(digit, 32);
      for (let x = 0; x < GLYPH_WIDTH; x++) {
        if ((bits >> (GLYPH_WIDTH - 1 - x)) & 1) {
          blacken(sheet, left + (i * ADVANCE + x) * dot, top + y * dot, dot);
        }
      }
    });
  });
}

function blacken({ width, data }: Pixels8, left: number, top: number, side: number): void {
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) data.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
  }
}
