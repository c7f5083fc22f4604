import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { decodeImage } from '../../src/image/decode.js';
import { encodeImage, formatFromName } from '../../src/image/encode.js';
import type { Pixels } from '../../src/image/pixels.js';
import { colours } from './fixtures.js';

/** Smooth, so that a JPEG's losses are those of its quantisation tables and not of cut-off detail. */
function ramps(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set([20 + 3 * x, 230 - 2 * y - x, 60 + 2 * y + x], 4 * (y * width + x));
    }
  }
  return { width, height, data };
}

test.each([
  [1, 1],
  [1, 9],
  [37, 29],
])('PNG gives %d × %d back byte for byte', (width, height) => {
  const pixels = ramps(width, height);
  const file = encodeImage(pixels, 'png');
  expect(decodeImage(file, 'x')).toEqual({ ...pixels, format: 'png' });
});

describe('JPEG', () => {
  const errors = (pixels: Pixels, quality?: number) => {
    const file = encodeImage(pixels, 'jpeg', quality === undefined ? {} : { quality });
    const back = decodeImage(file, 'x');
    expect(back).toMatchObject({ width: pixels.width, height: pixels.height, format: 'jpeg' });
    const before = colours(pixels.data);
    const gaps = colours(back.data).map((value, i) => value - before[i]!);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    return { worst: Math.max(...gaps.map(Math.abs)), mean, bytes: file.length };
  };

  // At quality 95 the steps of the tables' low frequencies are 2 and 3: half a step of each of the few
  // coefficients a ramp has, times 1.772 for blue, stays below 8. Rounding has no direction: no shift of the mean.
  test.each([
    [1, 1],
    [1, 9],
    [37, 29],
  ])('%d × %d at the usual quality', (width, height) => {
    const { worst, mean } = errors(ramps(width, height));
    expect(worst).toBeLessThan(8);
    if (width > 1) expect(Math.abs(mean)).toBeLessThan(0.5);
  });

  test('95 is the usual quality, and more quality is more bytes and less error', () => {
    const pixels = ramps(64, 64);
    const [low, usual, stated, high] = [
      errors(pixels, 10),
      errors(pixels),
      errors(pixels, 95),
      errors(pixels, 100),
    ];
    expect(stated).toEqual(usual);
    expect(low.bytes).toBeLessThan(usual.bytes);
    expect(usual.bytes).toBeLessThan(high.bytes);
    expect(high.worst).toBeLessThan(low.worst);
  });

  test.each([0, 101, 94.5, NaN])('quality %d is refused', (quality) => {
    expect(() => encodeImage(ramps(2, 2), 'jpeg', { quality })).toThrow(UserError);
  });

  test('a side that a JPEG header cannot hold is refused', () => {
    const long = { width: 65536, height: 1, data: new Uint8ClampedArray(4 * 65536).fill(255) };
    expect(() => encodeImage(long, 'jpeg')).toThrow(/65536 × 1 .* use \.png/);
    expect(decodeImage(encodeImage(long, 'png'), 'x').width).toBe(65536);
  });
});

test('transparent and 16-bit pixels become opaque bytes on white', () => {
  const data = Uint16Array.of(65535, 0, 0, 0, 257 * 9, 257 * 8, 257 * 7, 65535);
  const back = decodeImage(encodeImage({ width: 2, height: 1, data }, 'png'), 'x');
  expect(Array.from(back.data)).toEqual([255, 255, 255, 255, 9, 8, 7, 255]);
});

describe('the format by name', () => {
  test.each([
    ['a.png', 'png'],
    ['A.PNG', 'png'],
    ['dir.jpg/b.c.png', 'png'],
    ['x.jpg', 'jpeg'],
    ['x.JPeG', 'jpeg'],
  ])('%s is %s', (name, format) => {
    expect(formatFromName(name)).toBe(format);
  });

  test.each(['picture', 'picture.gif', 'dir.png/picture', 'png', 'picture.png/', ''])(
    '%j is refused',
    (name) => {
      expect(() => formatFromName(name)).toThrow(UserError);
      expect(() => formatFromName(name)).toThrow(/\.png, \.jpg or \.jpeg\.$/);
    },
  );
});
