import { createCanvas, halve, type Canvas } from '../../demo/paint/canvas.js';
import { brighten, hsv, mix, ramp, type Rgb } from '../../demo/paint/colour.js';
import { fractalNoise, gradientNoise } from '../../demo/paint/noise.js';
import type { Random } from '../../demo/paint/random.js';
import { paintOver } from '../../demo/paint/strokes.js';

type Painter = (size: number, random: Random) => Canvas;

function palette(random: Random, count: number): Rgb[] {
  return Array.from({ length: count }, () =>
    hsv(random.uniform(), Math.sqrt(random.uniform()), 1 - random.uniform() ** 2),
  );
}

/** Overlapping discs, bars and half-planes, each with a gradient: occlusion edges and flat colour. */
const shapes: Painter = (size, random) => {
  const discs = Array.from({ length: 26 }, () => ({
    x: random.uniform() * size,
    y: random.uniform() * size,
    radius: size * 0.35 * random.uniform() ** 2 + 2,
    angle: random.uniform() * Math.PI,
    flatness: random.uniform() < 0.5 ? 1 : random.between(2, 8),
    colours: palette(random, 2),
  }));
  const ground = palette(random, 2);
  return createCanvas(size, size, (x, y) => {
    let colour = mix(ground[0]!, ground[1]!, (x + y) / (2 * size));
    for (const d of discs) {
      const along = (x - d.x) * Math.cos(d.angle) + (y - d.y) * Math.sin(d.angle);
      const across = (y - d.y) * Math.cos(d.angle) - (x - d.x) * Math.sin(d.angle);
      if (Math.hypot(along, across * d.flatness) > d.radius) continue;
      colour = mix(d.colours[0]!, d.colours[1]!, 0.5 + along / (2 * d.radius));
    }
    return colour;
  });
};

/** Brush strokes along a flow. */
const strokes: Painter = (size, random) => {
  const seed = random.below(1e6);
  const bend = gradientNoise(seed);
  const tone = fractalNoise(seed + 1, 2);
  const colours = palette(random, 5);
  const scale = random.between(1, 3) / size;
  const scene = (x: number, y: number): Rgb =>
    brighten(ramp(colours, 0.5 + 0.5 * tone(x * scale, y * scale) + 0.15 * random.normal()), 1);
  const canvas = createCanvas(size, size, scene);
  const radius = random.between(1.5, 8);
  const start = random.uniform() * Math.PI;
  const brush = { radius, length: radius * random.between(4, 12), opacity: 0.9, bristle: 0.2 };
  const count = Math.ceil((3 * size * size) / (brush.radius * brush.length * 2));
  paintOver(canvas, scene, (x, y) => start + 3 * bend(x * scale, y * scale), brush, count, bend, random);
  return canvas;
};

/** Bent stripes of several colours, hard or soft. */
const stripes: Painter = (size, random) => {
  const bend = fractalNoise(random.below(1e6), 2);
  const colours = palette(random, 2 + random.below(3));
  const period = random.between(5, 40);
  const angle = random.uniform() * Math.PI;
  const warp = random.between(0, 1.5);
  const hard = random.uniform() < 0.5;
  return createCanvas(size, size, (x, y) => {
    const along =
      (x * Math.cos(angle) + y * Math.sin(angle)) / period + warp * bend((3 * x) / size, (3 * y) / size);
    const phase = along - Math.floor(along);
    if (hard) return colours[Math.floor(phase * colours.length)]!;
    return ramp(colours, phase < 0.5 ? 2 * phase : 2 - 2 * phase);
  });
};

/** Flat cells with or without a dark outline. */
const cells: Painter = (size, random) => {
  const count = 8 + random.below(90);
  const xs = Array.from({ length: count }, () => random.uniform() * size);
  const ys = Array.from({ length: count }, () => random.uniform() * size);
  const tints = Array.from({ length: count }, () => palette(random, 1)[0]!);
  const outline = random.uniform() < 0.6 ? random.between(1, 4) : 0;
  const line = palette(random, 1)[0]!;
  return createCanvas(size, size, (x, y) => {
    let first = Infinity;
    let second = Infinity;
    let nearest = 0;
    for (let i = 0; i < count; i++) {
      const d = Math.hypot(xs[i]! - x, ys[i]! - y);
      if (d < first) {
        second = first;
        first = d;
        nearest = i;
      } else if (d < second) second = d;
    }
    return second - first < outline ? brighten(line, 0.3) : tints[nearest]!;
  });
};

/** Clouds of colour: noise at several scales looked up in a random palette. */
const clouds: Painter = (size, random) => {
  const seed = random.below(1e6);
  const noise = fractalNoise(seed, 5);
  const colours = palette(random, 4);
  const scale = random.between(2, 10) / size;
  return createCanvas(size, size, (x, y) => ramp(colours, 0.5 + 0.6 * noise(x * scale, y * scale)));
};

const PAINTERS: readonly Painter[] = [shapes, strokes, stripes, cells, clouds];

/** The `index`-th colourful picture of our own making; kinds take turns. Drawn at double size for smooth edges. */
export function syntheticPicture(index: number, size: number, random: Random): Canvas {
  return halve(PAINTERS[index % PAINTERS.length]!(2 * size, random));
}
