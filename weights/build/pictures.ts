import type { Canvas } from '../../demo/paint/canvas.js';
import { createRandom } from '../../demo/paint/random.js';
import { readPhotographs } from './photographs.js';
import { recolouredCrop } from './recolour.js';
import { syntheticPicture } from './synthetic.js';

/**
 * The pictures from which the network learns: recoloured photographs and pictures of our own making, in turn.
 *
 * @param count - how many pictures
 * @param size - side of each square picture in pixels
 * @returns pictures in planar RGB (3 × size × size), 0..1
 */
export function trainingPictures(count: number, size: number, seed: number): Float32Array[] {
  const random = createRandom(seed);
  const photographs = readPhotographs();
  return Array.from({ length: count }, (_, i) => {
    const canvas =
      i % 2 === 0
        ? recolouredCrop(photographs[(i / 2) % photographs.length]!, size, random)
        : syntheticPicture((i - 1) / 2, size, random);
    return planar(canvas);
  });
}

function planar(canvas: Canvas): Float32Array {
  const pixels = canvas.width * canvas.height;
  const out = new Float32Array(3 * pixels);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < 3; c++) out[c * pixels + p] = Math.min(Math.max(canvas.data[3 * p + c]!, 0), 1);
  }
  return out;
}
