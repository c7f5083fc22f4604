import type { Canvas } from '../../demo/paint/canvas.js';
import { hsv, mix, ramp, type Rgb } from '../../demo/paint/colour.js';
import { fractalNoise } from '../../demo/paint/noise.js';
import type { Random } from '../../demo/paint/random.js';

type Tint = (light: number, x: number, y: number) => Rgb;

/** Dark to light through three random hues, like a toned print. */
function toned(random: Random): Tint {
  const hue = random.uniform();
  const spread = random.between(0.1, 0.5);
  const stops: Rgb[] = [
    hsv(hue, random.between(0.3, 1), random.between(0, 0.25)),
    hsv(hue + spread, random.between(0.3, 0.9), random.between(0.4, 0.8)),
    hsv(hue + 2 * spread, random.between(0, 0.5), random.between(0.85, 1)),
  ];
  return (light) => ramp(stops, light);
}

/** The photograph's light with hues that wander over the picture, like things of different colours. */
function coloured(random: Random, size: number): Tint {
  const seed = random.below(1e6);
  const hues = fractalNoise(seed, 2);
  const saturations = fractalNoise(seed + 50, 2);
  const scale = random.between(1, 4) / size;
  const start = random.uniform();
  return (light, x, y) => {
    // Steep steps in hue make patches with borders instead of a rainbow.
    const wander = hues(x * scale, y * scale) * 3;
    const stepped = Math.floor(wander) + Math.min(1, (wander - Math.floor(wander)) * 6);
    const saturation = 0.5 + 0.6 * saturations(x * scale * 1.7, y * scale * 1.7);
    const pure = hsv(start + stepped * 0.21, Math.min(1, Math.max(0, saturation)), 1);
    return light < 0.6 ? mix([0, 0, 0], pure, light / 0.6) : mix(pure, [1, 1, 1], (light - 0.6) / 0.4);
  };
}

/** A random square cut from a photograph, turned or mirrored, in colours that the sepia original lacks. */
export function recolouredCrop(photograph: Canvas, size: number, random: Random): Canvas {
  const left = random.below(photograph.width - size);
  const top = random.below(photograph.height - size);
  const kind = random.uniform();
  const tint: Tint | undefined =
    kind < 0.15 ? undefined : kind < 0.5 ? toned(random) : coloured(random, size);
  const mirrored = random.uniform() < 0.5;
  const turned = random.uniform() < 0.5;
  const data = new Float32Array(size * size * 3);
  for (let y = 0, o = 0; y < size; y++) {
    for (let x = 0; x < size; x++, o += 3) {
      const u = mirrored ? size - 1 - x : x;
      const [px, py] = turned ? [y, u] : [u, y];
      const i = ((top + py) * photograph.width + left + px) * 3;
      const [r, g, b] = [photograph.data[i]!, photograph.data[i + 1]!, photograph.data[i + 2]!];
      data.set(tint ? tint(0.299 * r + 0.587 * g + 0.114 * b, x, y) : [r, g, b], o);
    }
  }
  return { width: size, height: size, data };
}
