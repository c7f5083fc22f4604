import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeImage } from '../../src/image/encode.js';
import { layersUpTo } from '../../src/vgg/layers.js';
import { writeSafetensors } from '../../src/vgg/write-safetensors.js';
import { uniform } from '../support/random.js';

/** A folder of its own for one test file, with what `scumble stylize` takes in it. */
export interface Workshop {
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

export function openWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'scumble-stylize-'));
  const path = (name: string) => join(folder, name);
  writePicture(path('content.png'), 1, 32, 32);
  writePicture(path('style.png'), 2, 32, 32);
  writePicture(path('wide.png'), 3, 48, 36);
  writePicture(path('dot.png'), 4, 1, 1);
  writeWeights(path('weights.safetensors'), 1);
  // Features of such filters leave what a float32 can hold.
  writeWeights(path('huge.safetensors'), 1e18);
  writeFileSync(path('empty.png'), '');
  writeFileSync(path('text.png'), 'not a picture at all\n');
  return { folder, path, remove: () => rmSync(folder, { recursive: true }) };
}

/** A smooth picture of seeded colours, 16 in all. */
function writePicture(path: string, seed: number, width: number, height: number): void {
  const colours = uniform(seed, 48, 0, 256);
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const patch = 4 * Math.floor((4 * y) / height) + Math.floor((4 * x) / width);
      for (let c = 0; c < 3; c++) data[4 * (y * width + x) + c] = colours[3 * patch + c]! - 2 * (x % 8);
    }
  }
  writeFileSync(path, encodeImage({ width, height, data }, 'png'));
}

/** VGG-19's first two convolutions with seeded numbers, as large as Kaiming's times `gain`. */
function writeWeights(path: string, gain: number): void {
  const tensors = layersUpTo(['conv_2'])
    .filter(({ kind }) => kind === 'conv')
    .flatMap(({ index, inChannels, outChannels }) => {
      const shape = [outChannels, inChannels, 3, 3];
      const reach = gain * Math.sqrt(6 / (9 * inChannels));
      const data = uniform(index + 1, 9 * inChannels * outChannels, -reach, reach);
      return [
        { name: `features.${index}.weight`, shape, data },
        {
          name: `features.${index}.bias`,
          shape: [outChannels],
          data: uniform(index + 9, outChannels, -0.1, 0.1),
        },
      ];
    });
  writeFileSync(path, writeSafetensors(tensors));
}
