import { createCanvas, halve, type Canvas } from '../paint/canvas.js';
import { brighten, hex, mix, ramp, type Rgb } from '../paint/colour.js';
import { fractalNoise, gradientNoise } from '../paint/noise.js';
import { createRandom, type Random } from '../paint/random.js';
import { paintOver, type Brush, type Flow } from '../paint/strokes.js';

interface Lamp {
  readonly x: number;
  readonly y: number;
  readonly core: number;
  readonly halo: number;
  /** Sense and strength of the turning air around it. */
  readonly spin: number;
}

// In units of the picture's side.
const LAMPS: readonly Lamp[] = [
  { x: 0.79, y: 0.17, core: 0.055, halo: 0.17, spin: 1 },
  { x: 0.2, y: 0.13, core: 0.022, halo: 0.085, spin: -1 },
  { x: 0.42, y: 0.33, core: 0.03, halo: 0.19, spin: 1.2 },
  { x: 0.56, y: 0.09, core: 0.016, halo: 0.065, spin: -1 },
  { x: 0.09, y: 0.38, core: 0.018, halo: 0.075, spin: 1 },
  { x: 0.92, y: 0.43, core: 0.018, halo: 0.07, spin: -1 },
  { x: 0.66, y: 0.4, core: 0.012, halo: 0.055, spin: -1 },
];

const NIGHT = ['#0d1b4c', '#163a86', '#2a62b4', '#5b97cf', '#2f6fae', '#14296b'].map(hex);
const GLOW = ['#fff3b0', '#ffd84a', '#f3a72b', '#b9c77a', '#5fa6b8'].map(hex);
const HILLS = ['#16324a', '#245c58', '#3e7d4f', '#1b3f63'].map(hex);
const FIELD = ['#7a4a1a', '#c8842a', '#eec04c', '#d9963a', '#8c9a3a', '#e9d27a'].map(hex);
const DARK = ['#0b1f1c', '#17392a', '#2c4a22', '#3a2a1c'].map(hex);

/** A wind-swept night over hills and a ripe field, in thick separate strokes; our own composition. */
export function swirl(side: number, seed: number): Canvas {
  const size = side * 2;
  const drift = fractalNoise(seed, 3);
  const grain = gradientNoise(seed + 1);
  const hillTop = (u: number): number => 0.6 + 0.05 * Math.sin(u * 5 + 0.6) + 0.03 * Math.sin(u * 13);
  const fieldTop = (u: number): number => 0.74 + 0.05 * Math.sin(u * 3.2 + 2.4);
  // A flame-shaped tree at the left.
  const inTree = (u: number, v: number): boolean =>
    v > 0.36 && Math.abs(u - 0.2 - 0.02 * Math.sin(v * 22)) < 0.085 * Math.pow((v - 0.36) / 0.64, 0.6);

  const flow: Flow = (x, y) => {
    const u = x / size;
    const v = y / size;
    if (inTree(u, v)) return -Math.PI / 2 + 0.55 * drift(u * 6, v * 5);
    if (v > fieldTop(u)) return 0.5 + 0.9 * drift(u * 3 + 7, v * 3);
    if (v > hillTop(u)) return 0.35 * Math.cos(u * 5 + 0.6) + 0.6 * drift(u * 4, v * 4 + 3);
    let fx = 1;
    let fy = 0.55 * Math.sin(u * 7 + 1) + 0.7 * drift(u * 2.5, v * 2.5);
    for (const lamp of LAMPS) {
      const dx = u - lamp.x;
      const dy = v - lamp.y;
      const pull = 6 * Math.exp(-(dx * dx + dy * dy) / (lamp.halo * lamp.halo));
      const r = Math.hypot(dx, dy) + 1e-6;
      fx += (-dy / r) * lamp.spin * pull;
      fy += (dx / r) * lamp.spin * pull;
    }
    return Math.atan2(fy, fx);
  };

  const scene = (x: number, y: number, random: Random): Rgb => {
    const u = x / size;
    const v = y / size;
    const jitter = 0.16 * random.normal();
    const light = 1 + 0.09 * random.normal();
    if (inTree(u, v)) return brighten(ramp(DARK, 0.45 + 0.5 * drift(u * 30, v * 6) + jitter), light);
    if (v > fieldTop(u)) {
      return brighten(ramp(FIELD, 0.5 + 0.45 * drift(u * 5, v * 16) + jitter), light);
    }
    if (v > hillTop(u)) {
      return brighten(ramp(HILLS, 0.5 + 0.5 * drift(u * 6, v * 14) + jitter), light);
    }
    let colour = ramp(NIGHT, 0.5 + 0.42 * drift(u * 3, v * 7 + 5) + jitter);
    for (const lamp of LAMPS) {
      const d = Math.hypot(u - lamp.x, v - lamp.y);
      // Rings of light and dark around each lamp.
      const rings = 0.5 + 0.5 * Math.cos((d / lamp.halo) * 15);
      const strength = d < lamp.core ? 1 : Math.exp(-((d / lamp.halo) ** 2) * 2.2) * (0.35 + 0.6 * rings);
      const hue = Math.max(0, d - lamp.core * 0.6) / lamp.halo + 0.7 * jitter;
      colour = mix(colour, ramp(GLOW, hue), Math.min(1, strength));
    }
    return brighten(colour, light);
  };

  const random = createRandom(seed + 2);
  const canvas = createCanvas(size, size, (x, y) => brighten(scene(x, y, random), 0.7));
  const k = size / 1024;
  const layers: readonly (readonly [Brush, number])[] = [
    [{ radius: 11 * k, length: 90 * k, opacity: 0.8, bristle: 0.12 }, 3500],
    [{ radius: 7 * k, length: 70 * k, opacity: 0.85, bristle: 0.2 }, 6500],
    [{ radius: 4.5 * k, length: 46 * k, opacity: 0.9, bristle: 0.24 }, 7000],
  ];
  for (const [brush, count] of layers) paintOver(canvas, scene, flow, brush, count, grain, random);
  return halve(canvas);
}
