import { createCanvas, halve, type Canvas } from '../paint/canvas.js';
import { brighten, hex, mix, ramp, type Rgb } from '../paint/colour.js';
import { gradientNoise } from '../paint/noise.js';
import { createRandom } from '../paint/random.js';
import { createCells } from './cells.js';

const WARM = ['#6d1a12', '#c23b22', '#ee8a3a', '#f5d491', '#fbf3dc'].map(hex);
const COOL = ['#fbf3dc', '#8fd0c4', '#2b9aa0', '#12566b', '#0d2a45'].map(hex);
const GROUT: Rgb = [0.33, 0.29, 0.26];

/** Small tiles of stone laid in warm and cool bands that wind over the floor. */
export function mosaic(side: number, seed: number): Canvas {
  const size = side * 2;
  const random = createRandom(seed);
  const { xs, ys, find } = createCells(size, 46, 0.45, random);
  const field = gradientNoise(seed + 1);
  const speck = gradientNoise(seed + 2);
  const colours = Array.from(xs, (x, i) => {
    const u = x / size;
    const v = ys[i]! / size;
    const level = 3.2 * field(u * 2.4, v * 2.4) + 1.6 * u + 0.1 * random.normal();
    const phase = level - Math.floor(level);
    const stops = Math.floor(level) % 2 === 0 ? WARM : COOL;
    return brighten(ramp(stops, phase + 0.07 * random.normal()), 1 + 0.06 * random.normal());
  });
  const unit = size / 512;
  const canvas = createCanvas(size, size, (x, y) => {
    const { index, border } = find(x, y);
    const lit = 1 + 0.07 * speck(x / (2 * unit), y / (2 * unit)) - 0.14 * Math.exp(-border / (1.6 * unit));
    return mix(GROUT, brighten(colours[index]!, lit), Math.min(1, Math.max(0, (border - 0.8 * unit) / unit)));
  });
  return halve(canvas);
}
