import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { fromPlanar, hasTransparency, onWhite, toEightBits, toPlanar } from '../../src/image/pixels.js';
import type { Pixels } from '../../src/image/pixels.js';

const everyByte: Pixels = {
  width: 16,
  height: 16,
  data: Uint8ClampedArray.from({ length: 1024 }, (_, i) =>
    i % 4 === 3 ? 255 : ((i >> 2) + 85 * (i % 4)) & 255,
  ),
};

test('planes come one after the other, each sample v / 255 rounded to float32', () => {
  const planar = toPlanar(everyByte);
  expect(planar).toMatchObject({ width: 16, height: 16, channels: 3 });
  for (let c = 0; c < 3; c++) {
    for (let p = 0; p < 256; p++) {
      expect(planar.data[256 * c + p]).toBe(Math.fround(((p + 85 * c) & 255) / 255));
    }
  }
});

test('every byte survives the way in and out', () => {
  expect(fromPlanar(toPlanar(everyByte))).toEqual(everyByte);
});

describe('rounding on the way out', () => {
  const one = (value: number) =>
    fromPlanar({ width: 1, height: 1, channels: 3, data: Float32Array.of(value, value, value) }).data[0];

  // From torchvision's save_image: x.mul(255).add_(0.5).clamp_(0, 255).to(uint8).
  test.each([
    [0, 0],
    [1, 255],
    [-3, 0],
    [7, 255],
    [Infinity, 255],
    [-Infinity, 0],
    [0.5, 128],
    [0.49 / 255, 0],
    [0.51 / 255, 1],
    [1.49 / 255, 1],
    [254.51 / 255, 255],
    [254.49 / 255, 254],
  ])('%d becomes %d', (value, byte) => {
    expect(one(value)).toBe(byte);
  });

  test('a NaN is an error and not black', () => {
    const data = new Float32Array(6);
    data[4] = NaN;
    expect(() => fromPlanar({ width: 1, height: 2, channels: 3, data })).toThrow('sample 0,0 of channel 2');
  });
});

test('samples are told by their kind, in whatever realm they were made', () => {
  const data = runInNewContext('Uint16Array.of(65535, 0, 257 * 7, 65535)') as Uint16Array;
  expect(data).not.toBeInstanceOf(Uint16Array);
  const pixels = { width: 1, height: 1, data };
  expect(Array.from(toEightBits(pixels).data)).toEqual([255, 0, 7, 255]);
  expect(Array.from(toPlanar(pixels).data)).toEqual([1, 0, Math.fround(7 / 255)]);
});

test('16 bits become 8 by rounding to nearest', () => {
  const data = Uint16Array.of(0, 128, 129, 65535, 257 * 7, 257 * 7 + 128, 257 * 7 + 129, 65406);
  expect(Array.from(toEightBits({ width: 2, height: 1, data }).data)).toEqual([0, 0, 1, 255, 7, 7, 8, 254]);
});

describe('transparency', () => {
  test.each([
    ['8 bits', Uint8ClampedArray.of(100, 0, 255, 51), 255],
    ['16 bits', Uint16Array.of(25700, 0, 65535, 13107), 65535],
  ])('%s: a fifth of the colour, four fifths of white', (_, data, max) => {
    const pixels = { width: 1, height: 1, data };
    expect(hasTransparency(pixels)).toBe(true);
    const flat = onWhite(pixels);
    expect(hasTransparency(flat)).toBe(false);
    const expected = [0.2 * data[0]! + 0.8 * max, 0.8 * max, max];
    expect(Array.from(flat.data)).toEqual([...expected, max]);
    // Before rounding to the picture's own steps the same colour goes to the engine; float32 has 24 bits.
    toPlanar(pixels).data.forEach((value, c) => {
      expect(Math.abs(value - expected[c]! / max)).toBeLessThan(2 ** -23);
    });
  });

  test('an opaque picture is not copied', () => {
    expect(onWhite(everyByte)).toBe(everyByte);
  });
});

test('data that do not fit the size are refused', () => {
  const short = { width: 2, height: 2, data: new Uint8ClampedArray(15) };
  const floats = { width: 2, height: 2, data: new Float32Array(16) } as unknown as Pixels;
  const halves = { width: 1.5, height: 2, data: new Uint8Array(12) };
  for (const take of [toPlanar, onWhite, toEightBits]) {
    expect(() => take(short)).toThrow(RangeError);
    expect(() => take(floats)).toThrow(/a Float32Array for its samples/);
    expect(() => take(halves)).toThrow(/no size: 1\.5×2/);
  }
  const planar = { width: 2, height: 2, channels: 3 as const, data: new Float32Array(11) };
  expect(() => fromPlanar(planar)).toThrow(RangeError);
});
