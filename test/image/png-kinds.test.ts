import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { toPlanar } from '../../src/image/pixels.js';
import { buildPng, chunk } from './png-builder.js';
import type { PngRecipe } from './png-builder.js';

const COLOUR_TYPES = [
  { colorType: 0, channels: 1, depths: [1, 2, 4, 8, 16] },
  { colorType: 2, channels: 3, depths: [8, 16] },
  { colorType: 3, channels: 1, depths: [1, 2, 4, 8] },
  { colorType: 4, channels: 2, depths: [8, 16] },
  { colorType: 6, channels: 4, depths: [8, 16] },
] as const;

// 1×1 and 3×2 leave some of Adam7's passes empty; the others end in the middle of a byte.
const SIZES = [
  [1, 1],
  [3, 2],
  [9, 11],
] as const;

const PALETTE = Array.from({ length: 256 }, (_, i) => [
  (i * 37) & 255,
  (i * 101 + 9) & 255,
  (i * 59 + 200) & 255,
]);

const kinds = COLOUR_TYPES.flatMap(({ colorType, channels, depths }) =>
  depths.flatMap((depth) => [false, true].map((interlaced) => ({ colorType, channels, depth, interlaced }))),
);

describe.each(kinds)('colour type $colorType, $depth bits, interlaced: $interlaced', (kind) => {
  test.each(SIZES)('%d × %d', (width, height) => {
    const { colorType, channels, depth } = kind;
    const top = 2 ** depth - 1;
    const sample = (x: number, y: number) =>
      Array.from({ length: channels }, (_, c) => (x * 12347 + y * 4099 + c * 31337 + x * y) & top);
    const recipe: PngRecipe = { width, height, ...kind, sample };
    const chunks = colorType === 3 ? [chunk('PLTE', Uint8Array.from(PALETTE.slice(0, top + 1).flat()))] : [];
    const image = decodeImage(buildPng({ ...recipe, chunks }), 'made.png');

    expect(image).toMatchObject({ width, height });
    const max = depth === 16 ? 65535 : 255;
    expect(image.data.length).toBe(4 * width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = 4 * (y * width + x);
        const seen = Array.from(image.data.slice(at, at + 4));
        expect(seen, `${x},${y}`).toEqual([...rgbOnWhite(sample(x, y), colorType, top, max), max]);
      }
    }
  });
});

/** A pixel's colour by the specification: samples scaled to the full range, then colour · α + white · (1 − α). */
function rgbOnWhite(samples: readonly number[], colorType: number, top: number, max: number): number[] {
  if (colorType === 3) return PALETTE[samples[0]!]!;
  const scaled = samples.map((value) => (value / top) * max);
  const alpha = colorType >= 4 ? samples.at(-1)! / top : 1;
  const rgb = colorType === 0 || colorType === 4 ? [scaled[0]!, scaled[0]!, scaled[0]!] : scaled.slice(0, 3);
  return rgb.map((value) => Math.round(value * alpha + max * (1 - alpha)));
}

test('a 16-bit colour named by tRNS is clear, and its neighbours are not', () => {
  const clear = [1000, 2000, 3000];
  const tRNS = chunk('tRNS', Uint8Array.from(clear.flatMap((value) => [value >> 8, value & 255])));
  const said: string[] = [];
  const image = decodeImage(
    buildPng({
      width: 2,
      height: 1,
      colorType: 2,
      depth: 16,
      sample: (x) => (x === 0 ? clear : [1000, 2000, 3001]),
      chunks: [tRNS],
    }),
    'made.png',
    (sentence) => said.push(sentence),
  );
  expect(Array.from(image.data)).toEqual([65535, 65535, 65535, 65535, 1000, 2000, 3001, 65535]);
  expect(said).toHaveLength(1);
});

test('16-bit samples reach the engine with their last bit', () => {
  const png = buildPng({ width: 2, height: 1, colorType: 0, depth: 16, sample: (x) => [40000 + x] });
  const { data } = toPlanar(decodeImage(png, 'deep.png'));
  expect(Array.from(data.slice(0, 2))).toEqual([Math.fround(40000 / 65535), Math.fround(40001 / 65535)]);
  expect(data[0]).not.toBe(data[1]);
});
