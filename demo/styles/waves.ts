import { createCanvas, halve, type Canvas } from '../paint/canvas.js';
import { hex, mix, type Rgb } from '../paint/colour.js';
import { fractalNoise } from '../paint/noise.js';

const PAPER = hex('#f0e3c4');
const INKS = ['#12305f', '#2a5f92', '#7fb0bd', '#f0e3c4', '#12305f', '#c9553a'].map(hex);

/** Rows of overlapping waves in flat inks on paper, ringed like a printed fan pattern and a little uneven. */
export function waves(side: number, seed: number): Canvas {
  const size = side * 2;
  const wobble = fractalNoise(seed, 3);
  const fibre = fractalNoise(seed + 1, 3);
  const rowHeight = size / 14;
  const canvas = createCanvas(size, size, (x0, y0) => {
    const x = x0 + 0.35 * rowHeight * wobble(x0 / (3 * rowHeight), y0 / (3 * rowHeight));
    const y = y0 + 0.35 * rowHeight * wobble(x0 / (3 * rowHeight) + 40, y0 / (3 * rowHeight));
    const radius = rowHeight * 1.75;
    let colour: Rgb = PAPER;
    // Lower rows lie in front, so the last disc that covers the point wins.
    const first = Math.floor(y / rowHeight) - 1;
    for (let row = first; row <= first + 4; row++) {
      const shift = (((row % 2) + 2) % 2) * radius;
      const column = Math.round((x - shift) / (2 * radius));
      const d = Math.hypot(x - shift - column * 2 * radius, y - (row + 1) * rowHeight) / radius;
      if (d > 1) continue;
      const ring = Math.min(INKS.length - 1, Math.floor((1 - d) * 7.5));
      const red = (((row * 7 + column * 3) % 5) + 5) % 5 === 0;
      const line = Math.abs((1 - d) * 7.5 - Math.round((1 - d) * 7.5)) < 0.09;
      colour = line ? hex('#0c1f3d') : ring === 5 && !red ? INKS[1]! : INKS[ring]!;
    }
    return mix(colour, PAPER, Math.max(0, 0.12 + 0.22 * fibre(x0 / (2 * rowHeight), y0 / 14)));
  });
  return halve(canvas);
}
