/** How matrices are cut to lie in texels; that kernels find them there is for the tests of the kernels. */
import { describe, expect, it } from 'vitest';
import { TEXEL_COLUMNS } from '../../src/gpu/texels.js';
import { fitsStrips, planStrips, type StripPlan } from '../../src/kernels/texel-strips.js';

/** Where each vec4 of a strip lies among the texels' rows, by what its pieces say, and a mark where nothing does. */
function layOut({ pieces }: StripPlan, rows: number): number[] {
  const texels = new Array<number>(rows * TEXEL_COLUMNS).fill(-1);
  for (const { offset, pitch, columns, rows, row } of pieces) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) texels[(row + r) * TEXEL_COLUMNS + c] = (offset + r * pitch) / 16 + c;
    }
  }
  return texels;
}

describe('a matrix in strips', () => {
  it.each([
    [64, 4096],
    [64, 65_536],
    [3, 16],
    [65, 5008],
    [256, 256],
    [1, 1],
    [7, 1024],
    [512, 1040],
  ])('%i rows of %i vec4s: each once, where shaders look for it', (m, k4) => {
    let covered = 0;
    for (const strip of planStrips(m, k4)) {
      const { first, count, width } = strip;
      expect(first).toBe(covered);
      covered += count;
      const blocks = Math.ceil(count / width);
      const texels = layOut(strip, Math.ceil((blocks * m * width) / TEXEL_COLUMNS));
      for (const row of [0, m >> 1, m - 1]) {
        for (let k = 0; k < count; k++) {
          const at = (Math.floor(k / width) * m + row) * width + (k % width);
          if (texels[at] !== row * k4 + first + k)
            expect([row, k, texels[at]]).toEqual([row, k, row * k4 + first + k]);
        }
      }
      expect(texels.filter((from) => from >= 0)).toHaveLength(m * count);
      // A block may be larger by itself.
      if (blocks > 1) expect(blocks * m * width * 16).toBeLessThanOrEqual(2 ** 22);
    }
    expect(covered).toBe(k4);
  });

  it('wants rows that copies can be made of', () => {
    expect([1, 1000, 1024, 1040, 4096].map(fitsStrips)).toEqual([true, true, true, true, true]);
    expect([1025, 5001].map(fitsStrips)).toEqual([false, false]);
    for (const { pieces } of planStrips(64, 1040)) {
      for (const { pitch } of pieces) expect(pitch % 256).toBe(0);
    }
  });
});
