import { expect, test } from 'vitest';
import { sideBySide } from '../../src/image/montage.js';
import type { Pixels, Pixels8 } from '../../src/image/pixels.js';
import { resizePreview } from '../../src/image/resize-preview.js';

function plain(width: number, height: number, rgb: readonly number[]): Pixels8 {
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => [...rgb, 255][i % 4]!);
  return { width, height, data };
}

const at = ({ width, data }: Pixels, x: number, y: number) =>
  Array.from(data.slice(4 * (y * width + x), 4 * (y * width + x) + 3));

const RED = [200, 10, 20];
const GREEN = [10, 180, 30];
const BLUE = [0, 40, 210];
const WHITE = [255, 255, 255];

test('pictures stand side by side at the height of the last, white between and around them', () => {
  const sheet = sideBySide(
    [{ pixels: plain(30, 20, RED) }, { pixels: plain(5, 80, GREEN) }, { pixels: plain(40, 40, BLUE) }],
    { gap: 6 },
  );
  // Widths at height 40: 60, 3 (2.5 rounded up) and 40.
  expect([sheet.width, sheet.height]).toEqual([6 + 60 + 6 + 3 + 6 + 40 + 6, 52]);
  const expected = (x: number, y: number) => {
    if (y < 6 || y >= 46) return WHITE;
    if (x >= 6 && x < 66) return RED;
    if (x >= 72 && x < 75) return GREEN;
    return x >= 81 && x < 121 ? BLUE : WHITE;
  };
  for (let y = 0; y < sheet.height; y++) {
    for (let x = 0; x < sheet.width; x++) expect(at(sheet, x, y), `${x},${y}`).toEqual(expected(x, y));
  }
});

test('the last picture keeps its own pixels', () => {
  const data = Uint8ClampedArray.from({ length: 4 * 23 * 17 }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 73) & 255,
  );
  const result = { width: 23, height: 17, data };
  const sheet = sideBySide([{ pixels: plain(9, 9, RED) }, { pixels: result }], { gap: 2 });
  for (let y = 0; y < 17; y++) {
    for (let x = 0; x < 23; x++) expect(at(sheet, 2 + 17 + 2 + x, 2 + y)).toEqual(at(result, x, y));
  }
});

test('captions are black letters above the pictures, cut to the room there is', () => {
  const panels = [
    { pixels: plain(40, 40, RED), caption: 'IT' },
    { pixels: plain(12, 40, GREEN), caption: 'LONG' },
  ];
  const sheet = sideBySide(panels, { gap: 4 });
  // Dots of 2 pixels: letters are 14 high, with a gap above and below them.
  expect(sheet.height).toBe(4 + 14 + 4 + 40 + 4);
  const dots = Array.from({ length: 7 }, (_, row) =>
    Array.from({ length: 31 }, (__, column) =>
      at(sheet, 4 + 2 * column, 4 + 2 * row)[0] === 0 ? '#' : '.',
    ).join(''),
  );
  // A picture of 12 pixels has room for one letter of 10.
  expect(dots).toEqual([
    '.###..#####...........#........',
    '..#.....#.............#........',
    '..#.....#.............#........',
    '..#.....#.............#........',
    '..#.....#.............#........',
    '..#.....#.............#........',
    '.###....#.............#####....',
  ]);
});

test('a strip is fitted into four heights, in the middle', () => {
  const sheet = sideBySide([{ pixels: plain(1000, 10, RED) }, { pixels: plain(40, 40, BLUE) }], { gap: 0 });
  expect([sheet.width, sheet.height]).toEqual([200 + 40, 40]);
  expect(at(sheet, 100, 18)).toEqual(WHITE);
  expect(at(sheet, 100, 19)).toEqual(RED);
  expect(at(sheet, 100, 21)).toEqual(WHITE);
});

test('nothing to show is an error', () => {
  expect(() => sideBySide([])).toThrow(RangeError);
});

test('shrinking averages all that is there: a checkerboard becomes gray', () => {
  const data = Uint8ClampedArray.from({ length: 4 * 64 * 48 }, (_, i) => {
    const p = i >> 2;
    return i % 4 === 3 ? 255 : 255 * (((p % 64) + Math.floor(p / 64)) & 1);
  });
  const small = resizePreview({ width: 64, height: 48, data }, 8, 6);
  // A triangle over an even number of equal steps weighs both colours alike in the middle; the cut one at the
  // border is off by less than one weight of 1/16.
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 8; x++) {
      for (const value of at(small, x, y)) expect(Math.abs(value - 127.5)).toBeLessThan(16);
    }
  }
  expect(at(small, 4, 3)).toEqual([128, 128, 128]);
});

test('a ramp stays a ramp at twice the size', () => {
  const ramp = {
    width: 8,
    height: 1,
    data: Uint8ClampedArray.from({ length: 32 }, (_, i) => (i % 4 === 3 ? 255 : 20 * (i >> 2))),
  };
  const large = resizePreview(ramp, 16, 2);
  // Centres of the new pixels lie at (i + 1/2)/2 − 1/2 of the old ones, between which the triangle is linear.
  for (let x = 1; x < 15; x++) expect(at(large, x, 1)[0]).toBe(20 * ((x + 0.5) / 2 - 0.5));
});
