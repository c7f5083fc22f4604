import { createRandom } from './random.js';

/** A smooth function of the plane with values around 0, about ±1. */
export type Noise = (x: number, y: number) => number;

const LATTICE = 256;

/** Gradient noise with features of about one unit (Perlin, "Improving noise", SIGGRAPH 2002), by seed. */
export function gradientNoise(seed: number): Noise {
  const random = createRandom(seed);
  const order = Array.from({ length: LATTICE }, (_, i) => i);
  for (let i = LATTICE - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const angles = order.map((value) => (value / LATTICE) * 2 * Math.PI);
  const gx = angles.map(Math.cos);
  const gy = angles.map(Math.sin);
  const corner = (ix: number, iy: number, dx: number, dy: number): number => {
    const h = order[(order[ix & 255]! + iy) & 255]!;
    return gx[h]! * dx + gy[h]! * dy;
  };
  const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);
  return (x, y) => {
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const dx = x - ix;
    const dy = y - iy;
    const u = fade(dx);
    const top = corner(ix, iy, dx, dy) * (1 - u) + corner(ix + 1, iy, dx - 1, dy) * u;
    const bottom = corner(ix, iy + 1, dx, dy - 1) * (1 - u) + corner(ix + 1, iy + 1, dx - 1, dy - 1) * u;
    return (top + (bottom - top) * fade(dy)) * 1.5;
  };
}

/** A sum of octaves, each twice as fine and half as strong as the one before. */
export function fractalNoise(seed: number, octaves: number): Noise {
  const layers = Array.from({ length: octaves }, (_, i) => gradientNoise(seed + 101 * i));
  return (x, y) => layers.reduce((sum, layer, i) => sum + layer(x * 2 ** i, y * 2 ** i) / 2 ** i, 0);
}
