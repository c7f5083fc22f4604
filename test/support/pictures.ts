import { fromPlanar, type Pixels8 } from '../../src/image/pixels.js';
import { type ImageName, seededImage } from './seeded.js';

/** A seeded picture as an embedder has it: opaque RGBA bytes. */
export function seededPixels(name: ImageName, height: number, width = height): Pixels8 {
  return fromPlanar({ width, height, channels: 3, data: seededImage(name, height, width) });
}

/** An objective as small as one can be, for tests of all but the objective. */
export const SHALLOW = { contentLayers: ['conv_2'], styleLayers: ['conv_1', 'conv_2'], history: 5 };
