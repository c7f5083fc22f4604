import { createCanvas, halve, type Canvas } from '../paint/canvas.js';
import { brighten, hex, mix, ramp, type Rgb } from '../paint/colour.js';
import { fractalNoise } from '../paint/noise.js';
import { createRandom } from '../paint/random.js';
import { createCells } from './cells.js';

const PANES = ['#a01227', '#e2571d', '#f6b426', '#2f8f4e', '#1a7fa8', '#1d3b9c', '#5a2a8c'].map(hex);
const LEAD: Rgb = [0.05, 0.05, 0.07];

/** A stained-glass window: saturated panes, streaked inside, between dark strips of lead. */
export function glass(side: number, seed: number): Canvas {
  const size = side * 2;
  const random = createRandom(seed);
  const { xs, ys, find } = createCells(size, 15, 0.95, random);
  const streak = fractalNoise(seed + 1, 3);
  const tone = fractalNoise(seed + 2, 2);
  const colours = Array.from(xs, (x, i) => {
    const place = 0.5 + 0.55 * tone((x / size) * 3, (ys[i]! / size) * 3);
    return ramp(PANES, place + 0.14 * random.normal());
  });
  const turn = Array.from(xs, () => random.uniform() * Math.PI);
  const unit = size / 512;
  const canvas = createCanvas(size, size, (x, y) => {
    const { index, border } = find(x, y);
    const along = x * Math.cos(turn[index]!) + y * Math.sin(turn[index]!);
    const across = y * Math.cos(turn[index]!) - x * Math.sin(turn[index]!);
    const lit =
      0.92 + 0.3 * streak(along / (90 * unit), across / (14 * unit)) - 0.25 * Math.exp(-border / (6 * unit));
    const edge = Math.min(1, Math.max(0, (border - 2.6 * unit) / unit));
    return mix(LEAD, brighten(colours[index]!, lit), edge);
  });
  return halve(canvas);
}
