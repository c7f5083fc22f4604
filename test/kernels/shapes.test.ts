import { expect, it } from 'vitest';
import { shapeDistance } from '../../src/gpu/shape-text.js';
import { Storage, Tensor } from '../../src/gpu/tensor.js';
import { conv2dGeometry, type Conv2dOptions } from '../../src/kernels/conv2d-geometry.js';
import { conv2dShape, gramShape, mapsShape } from '../../src/kernels/shapes.js';

const shapeOf = (input: number[], weights: number[], options: Conv2dOptions, rectify?: boolean) => {
  const bytes = 4 * weights.reduce((a, b) => a * b, 1);
  return conv2dShape(conv2dGeometry(input, new Tensor(new Storage('w', bytes), weights), options), rectify);
};

it('names a convolution of VGG’s kind by its channels and its input', () => {
  expect(shapeOf([1, 64, 32, 48], [128, 64, 3, 3], { padding: 1 })).toBe('64→128 @ 32×48');
  expect(shapeOf([1, 64, 32, 48], [128, 64, 3, 3], { padding: 1 }, true)).toBe('64→128 @ 32×48, rectified');
});

it('says all that another kind of convolution depends on', () => {
  const others = [
    shapeOf([2, 4, 9, 9], [8, 4, 3, 3], { padding: 1 }),
    shapeOf([1, 4, 9, 9], [8, 4, 3, 3], {}),
    shapeOf([1, 4, 9, 9], [8, 4, 3, 3], { padding: { top: 1, bottom: 1, left: 1, right: 0 } }),
    shapeOf([1, 4, 9, 9], [8, 4, 3, 3], { padding: 1, stride: [1, 2] }),
    shapeOf([1, 4, 9, 9], [8, 4, 1, 3], { padding: 1 }),
    shapeOf([1, 4, 9, 9], [8, 4, 3, 3], { padding: 1 }),
  ];
  expect(new Set(others).size).toBe(others.length);
  expect(others[0]).toBe('4→8 @ 9×9, 2 images');
  expect(others[3]).toBe('4→8 @ 9×9, 3×3, stride 1×2, pad 1 1 1 1');
});

it('names matrices and maps so that like shapes can be told from unlike ones', () => {
  expect(gramShape(64, 1024)).toBe('64 @ 1024');
  expect(mapsShape([1, 64, 32, 48])).toBe('64 @ 32×48');
  expect(mapsShape([3, 64, 32, 48])).toBe('64 @ 32×48, 3 images');
  expect(mapsShape([3, 64, 32, 48], 'f16')).toBe('64 @ 32×48, halves, 3 images');
  // Nearer to another size of its kind than to its own size in float32.
  const half = shapeDistance(gramShape(64, 1024, 'f16'), gramShape(64, 4096, 'f16'));
  expect(half).toBeLessThan(shapeDistance(gramShape(64, 1024, 'f16'), gramShape(64, 1024)));
  const near = shapeDistance(gramShape(64, 1024), gramShape(64, 4096));
  const far = shapeDistance(gramShape(64, 1024), gramShape(256, 256));
  expect(near).toBeLessThan(far);
});
