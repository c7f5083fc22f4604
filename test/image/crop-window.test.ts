import { expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { cropOrigin } from '../../src/image/crop-window.js';

const never = () => {
  throw new Error('the centre is not random');
};

it.each([
  // torchvision's CenterCrop: int(round((h - height) / 2.0)), and Python rounds halves to even.
  [10, 10, 0],
  [11, 10, 0],
  [12, 10, 1],
  [13, 10, 2],
  [15, 10, 2],
])('a centre crop of %i to %i begins at %i', (from, to, start) => {
  const picture = { height: from, width: 100 };
  expect(cropOrigin(picture, { height: to, width: 100 }, 'centre', never)).toEqual({ top: start, left: 0 });
});

it('a random crop reaches from the first place to the last, both included', () => {
  const at = (draw: number) =>
    cropOrigin({ height: 12, width: 30 }, { height: 10, width: 10 }, 'random', () => draw);
  expect(at(0)).toEqual({ top: 0, left: 0 });
  expect(at(0.5)).toEqual({ top: 1, left: 10 });
  expect(at(1 - 2 ** -53)).toEqual({ top: 2, left: 20 });
});

it('draws the row first, then the column', () => {
  const draws = [0.99, 0];
  const origin = cropOrigin({ height: 20, width: 20 }, { height: 10, width: 10 }, 'random', () =>
    draws.shift()!,
  );
  expect(origin).toEqual({ top: 10, left: 0 });
});

it('refuses a picture that is too small, and says what to do', () => {
  const crop = () => cropOrigin({ height: 9, width: 20 }, { height: 10, width: 10 }, 'centre', never);
  expect(crop).toThrow(UserError);
  expect(crop).toThrow(/20×9 is too small to crop 10×10.*--size/);
});
