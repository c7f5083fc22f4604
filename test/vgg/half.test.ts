import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { floatsToHalves, floatToHalf, halfToFloat, halvesToFloats } from '../../src/vgg/half.js';
import { expectedValues } from './support.js';

const INFINITY = 0x7c00;
/** The finite, non-negative halves; as bit patterns they are in the order of their values. */
const magnitudes = Array.from({ length: INFINITY }, (_, bits) => bits);

const isNaNBits = (bits: number): boolean => (bits & 0x7fff) > INFINITY;

describe('halves', () => {
  it('have the values that NumPy gives them, all 63,490 that are numbers', async () => {
    const numbers = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => !isNaNBits(bits));
    const { sha256OfAllHalvesAsFloat32 } = await expectedValues();
    const hash = createHash('sha256')
      .update(new Uint8Array(halvesToFloats(numbers).buffer))
      .digest('hex');
    expect(hash).toBe(sha256OfAllHalvesAsFloat32);
  });

  it('come back from float as they were, all 65,536', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const back = floatToHalf(halfToFloat(bits));
      if (isNaNBits(bits)) expect(isNaNBits(back)).toBe(true);
      else if (back !== bits) expect.fail(`0x${bits.toString(16)} came back as 0x${back.toString(16)}`);
    }
  });

  it('are the nearest, and the even one half-way between two, between all neighbours', () => {
    for (const low of magnitudes) {
      const high = low + 1;
      // The half after the largest would be 65536; from half-way to it on, IEEE 754 rounds to infinity.
      const above = high === INFINITY ? 65536 : halfToFloat(high);
      // Exact in double precision, and so are the values beside it: halves have 11 bits and doubles 53.
      const middle = (halfToFloat(low) + above) / 2;
      const nudge = above * 2 ** -40;
      const got = [middle - nudge, middle, middle + nudge, nudge - middle, -middle].map(floatToHalf);
      const even = low % 2 === 0 ? low : high;
      const want = [low, even, high, 0x8000 | low, 0x8000 | even];
      if (got.some((bits, i) => bits !== want[i])) expect.fail(`around ${middle}: ${got} and not ${want}`);
    }
  });

  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [1e300, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [5e-324, 0x0000],
    [NaN, 0x7e00],
  ])('%d is stored as %i', (value, bits) => {
    expect(floatToHalf(value)).toBe(bits);
  });

  it('convert arrays', () => {
    const bits = floatsToHalves([1, -2, 0.1]);
    expect([...bits]).toEqual([0x3c00, 0xc000, 0x2e66]);
    expect([...halvesToFloats(bits)]).toEqual([1, -2, 0.0999755859375]);
  });
});
