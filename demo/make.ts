/**
 * Makes the two demo pictures, `demo/content.jpg` from a photograph and `demo/style.jpg` from nothing but a seed, and the
 * further examples of the browser page. With a folder as argument it also paints the styles there that the embedded
 * network was judged with.
 */
import { join } from 'node:path';
import { readPhotograph } from '../weights/build/photographs.js';
import { crop, shrink } from './paint/canvas.js';
import { writeJpeg } from './paint/jpeg.js';
import { glass } from './styles/glass.js';
import { mosaic } from './styles/mosaic.js';
import { swirl } from './styles/swirl.js';
import { waves } from './styles/waves.js';

const SIDE = 512;
const SEED = 7;

// A square of the boats without the paper's border, of the style's size: `--preset seed` wants equal sizes.
const boats = shrink(crop(readPhotograph('nagasaki-boats'), 190, 24, 776, 776), SIDE, SIDE);
writeJpeg(new URL('content.jpg', import.meta.url), boats, 88);
writeJpeg(new URL('style.jpg', import.meta.url), swirl(SIDE, SEED), 84);

// The browser page offers these beside the two.
const example = (name: string) => new URL(`../web/examples/${name}.jpg`, import.meta.url);
writeJpeg(
  example('acanthus'),
  shrink(crop(readPhotograph('acanthus-mollis'), 65, 20, 660, 825), 448, 560),
  80,
);
writeJpeg(
  example('alps'),
  shrink(crop(readPhotograph('french-alpine-landscape'), 12, 12, 690, 460), 672, 448),
  80,
);
writeJpeg(example('waves'), waves(448, SEED), 80);
writeJpeg(example('glass'), glass(448, SEED), 80);

const folder = process.argv[2];
if (folder !== undefined) {
  for (const [name, paint] of Object.entries({ glass, mosaic, waves })) {
    writeJpeg(join(folder, `${name}.jpg`), paint(SIDE, SEED), 92);
  }
}
