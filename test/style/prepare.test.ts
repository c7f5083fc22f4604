import { describe, expect, test } from 'vitest';
import { LimitError } from '../../src/gpu/errors.js';
import type { PlanarImage } from '../../src/image/pixels.js';
import { prepareImage, type Preparation } from '../../src/style/prepare.js';
import { useGpu } from '../support/gpu.js';
import { uniform } from '../support/random.js';

const gpu = useGpu();

const picture = (width: number, height: number): PlanarImage => ({
  width,
  height,
  channels: 3,
  data: Float32Array.from(uniform(width, 3 * width * height, 0, 1)),
});

async function prepared(image: PlanarImage, preparation: Preparation) {
  const tensor = await prepareImage(gpu(), 'photo.jpg', image, preparation);
  const values = await gpu().read(tensor);
  const { shape } = tensor;
  gpu().free(tensor);
  return { shape, values };
}

test('a picture that keeps its size arrives untouched', async () => {
  const image = picture(7, 5);
  const { shape, values } = await prepared(image, { size: { width: 7, height: 5 } });
  expect(shape).toEqual([1, 3, 5, 7]);
  expect(values).toEqual(image.data);
});

test('one that is cut keeps what lies in the window', async () => {
  const image = picture(7, 5);
  const window = { top: 1, left: 2, height: 3, width: 4 };
  const { shape, values } = await prepared(image, { size: { width: 7, height: 5 }, window });
  expect(shape).toEqual([1, 3, 3, 4]);
  const expected = [0, 1, 2].flatMap((c) =>
    [1, 2, 3].flatMap((y) => Array.from(image.data.slice(c * 35 + y * 7 + 2, c * 35 + y * 7 + 6))),
  );
  expect(Array.from(values)).toEqual(expected);
});

describe('in pieces', () => {
  const image = picture(90, 61);
  const window = { top: 3, left: 0, height: 16, width: 20 };
  // In one piece the picture takes 65,880 bytes. In 23,000 there is room for one channel of it, in 9,000 for 25 rows of
  // one channel; the result has to fit as a whole.
  test.each([
    ['smaller', [23_000, 9_000], { size: { width: 31, height: 21 } }],
    ['smaller and cut', [23_000, 9_000], { size: { width: 31, height: 21 }, window }],
    ['narrower only', [23_000], { size: { width: 31, height: 61 } }],
    ['lower only', [23_000], { size: { width: 90, height: 15 } }],
  ])('%s: to the bit what it is in one piece', async (_, limits, preparation) => {
    const whole = await prepared(image, preparation);
    for (const maxBindingBytes of limits) {
      const pieces = await prepared(image, { ...preparation, maxBindingBytes });
      expect(pieces).toEqual(whole);
    }
  });
});

describe('what cannot be', () => {
  test('a result too large for the GPU is told with the way out', async () => {
    const huge = prepareImage(gpu(), 'photo.jpg', picture(8, 8), { size: { width: 60_000, height: 60_000 } });
    await expect(huge).rejects.toThrow(LimitError);
    await expect(huge).rejects.toThrow(/^photo\.jpg cannot be brought from 8×8 to 60000×60000 .*--size/);
  });

  test('a side longer than the kernel can count', async () => {
    const strip = prepareImage(gpu(), 'strip.png', picture(40_000, 1), {
      size: { width: 30_000, height: 1 },
    });
    await expect(strip).rejects.toThrow(/its width is too long/);
  });
});
