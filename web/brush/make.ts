/**
 * Paints the page's brush marks, as masks: `npx tsx web/brush/make.ts`. A scumble is paint dragged over a dry ground with a
 * dry brush. It stays on the ridges of the canvas, in streaks where the bristles carried enough, and lets the layer
 * below show through. Nothing is drawn by hand: bristles, pressure and weave are noise from a seed.
 */
import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { fractalNoise, gradientNoise, type Noise } from '../../demo/paint/noise.js';

/** How much paint the brush leaves at a point, about −1 (none) to 1 (covers). */
type Load = (x: number, y: number) => number;

const SCALE = 2;

/** One stroke from left to right: streaks along it, running dry towards its end, ragged at its sides. */
function stroke(seed: number, left: number, right: number, top: number, bottom: number, paint = 0): Load {
  const bristles = fractalNoise(seed, 3);
  const wander = gradientNoise(seed + 1);
  return (x, y) => {
    const bend = 5 * wander(x / 170, seed);
    const along = (x - left) / (right - left);
    const across = (y + bend - top) / (bottom - top);
    if (across < 0 || across > 1) return -9;
    const streak = bristles(x / 190, y / 4.2);
    // Each bristle touches down and lifts off at a place of its own.
    const reach = 0.07 * bristles(y / 3, 40);
    const start = Math.min(1, (along + reach - 0.01) * 26);
    const finish = 1 - Math.max(0, (along - reach - 0.55) / 0.45) ** 1.6 * 2.3;
    const sides = Math.min(1, Math.min(across, 1 - across) * 7);
    return Math.min(start, finish) + 0.55 * sides - 0.62 + paint + streak;
  };
}

/** The weave of the canvas: paint catches on its ridges. */
function weave(seed: number): Noise {
  const grain = fractalNoise(seed, 2);
  return (x, y) => 0.16 * (Math.sin(x * 2.1) * Math.sin(y * 2.1)) + 0.42 * grain(x / 2.6, y / 2.6);
}

function paint(name: string, width: number, height: number, load: Load): void {
  const cloth = weave(5);
  const png = new PNG({ width, height, colorType: 4 });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Four samples a side smooth the edge; sixteen steps of alpha are enough for one, and pack well.
      let covered = 0;
      for (let s = 0; s < 16; s++) {
        const [u, v] = [x + ((s & 3) + 0.5) / 4, y + ((s >> 2) + 0.5) / 4];
        if (load(u / SCALE, v / SCALE) + cloth(u, v) > 0) covered++;
      }
      png.data.set([0, 0, 0, Math.round((covered / 16) * 15) * 17], 4 * (y * width + x));
    }
  }
  writeFileSync(new URL(name, import.meta.url), PNG.sync.write(png, { colorType: 4, inputColorType: 6 }));
}

const most =
  (loads: readonly Load[]): Load =>
  (x, y) =>
    Math.max(...loads.map((load) => load(x, y)));

// For the name and for progress.
paint('stroke.png', 800, 120, stroke(11, 0, 400, 0, 60, -0.2));
// For a whole picture: strokes one below the other, each begun where there was room.
const rows = Array.from({ length: 6 }, (_, i) => {
  const top = 14 + i * 61;
  return stroke(31 + 7 * i, 14 + ((i * 37) % 50), 360 + ((i * 53) % 70), top, top + 72, -0.3);
});
paint('scumble.png', 840, 840, most(rows));
// For the side of a toned field, laid in from the right.
const edge = Array.from({ length: 9 }, (_, i) => {
  const top = i * 58 - 10;
  const length = 40 + ((i * 19) % 9);
  return stroke(71 + 5 * i, -64, length, top, top + 78, 0.12);
});
const mirrored = most(edge);
paint('edge.png', 96, 1040, (x, y) => mirrored(48 - x, y));
