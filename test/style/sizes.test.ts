import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { planSizes, requireProportions, scaledSize } from '../../src/style/sizes.js';

const size = (width: number, height: number) => ({ width, height });
const unasked = { most: 128, crop: false, equal: false };

test("the longer side is torchvision's int(size · long / short)", () => {
  // 128 · 640 / 360 = 227.6 and 128 · 400 / 300 = 170.7, cut and not rounded.
  expect(scaledSize(size(640, 360), 128)).toEqual(size(227, 128));
  expect(scaledSize(size(360, 640), 128)).toEqual(size(128, 227));
  expect(scaledSize(size(50, 50), 128)).toEqual(size(128, 128));
  expect(scaledSize(size(400, 300), 128)).toEqual(size(170, 128));
});

describe('without a size asked for', () => {
  test('small pictures keep theirs and large ones lose what is too much', () => {
    const plan = planSizes(size(128, 300), size(640, 360), unasked);
    expect(plan).toEqual({ content: size(128, 300), style: size(227, 128), square: undefined });
  });

  test('squares are as large as neither picture has to be enlarged for', () => {
    const plan = planSizes(size(400, 300), size(90, 100), { ...unasked, crop: true });
    expect(plan).toEqual({ content: size(120, 90), style: size(90, 100), square: 90 });
    expect(planSizes(size(400, 300), size(900, 1000), { ...unasked, crop: true }).square).toBe(128);
  });
});

test('a size asked for is that of both, enlarging and shrinking', () => {
  const plan = planSizes(size(32, 64), size(640, 360), { ...unasked, size: 256 });
  expect(plan).toEqual({ content: size(256, 512), style: size(455, 256), square: undefined });
  expect(planSizes(size(32, 64), size(640, 360), { ...unasked, size: 256, crop: true }).square).toBe(256);
});

test('where they have to be equal: after scaling, and squares always are', () => {
  const equal = { ...unasked, equal: true };
  expect(() => planSizes(size(64, 64), size(64, 65), equal)).toThrow(UserError);
  expect(() => planSizes(size(64, 64), size(64, 65), equal)).toThrow(/64×64 and 64×65 pixels.*--crop/);
  expect(planSizes(size(300, 300), size(200, 200), equal).content).toEqual(size(128, 128));
  expect(planSizes(size(64, 64), size(64, 65), { ...equal, crop: true }).square).toBe(64);
});

test('a start has the proportions of the content, up to one pixel of rounding', () => {
  const content = scaledSize(size(640, 361), 128);
  expect(() => requireProportions('x.png', size(640, 361), content)).not.toThrow();
  expect(() => requireProportions('x.png', size(1281, 720), content)).not.toThrow();
  expect(() => requireProportions('x.png', size(128, 128), content)).toThrow(/x\.png has 128×128 pixels/);
});
