import { blend, type Canvas } from './canvas.js';
import { brighten, type Rgb } from './colour.js';
import type { Noise } from './noise.js';
import type { Random } from './random.js';

/** The direction in which the brush is drawn at a point, as an angle. */
export type Flow = (x: number, y: number) => number;

export interface Brush {
  /** Half the width of a stroke, in pixels. */
  readonly radius: number;
  readonly length: number;
  readonly opacity: number;
  /** How much single bristles differ in lightness (0 = a smooth brush). */
  readonly bristle: number;
}

/**
 * Draws one curved stroke that starts at (x, y) and follows the flow, the way painterly renderers do (Litwinowicz,
 * SIGGRAPH 1997; Hertzmann, SIGGRAPH 1998). Bristles run along the stroke: each keeps its own lightness, and the
 * flank away from the light (upper left) is darker, as thick paint is.
 */
export function drawStroke(
  canvas: Canvas,
  x: number,
  y: number,
  colour: Rgb,
  flow: Flow,
  brush: Brush,
  grain: Noise,
  phase: number,
): void {
  const { radius, length, opacity, bristle } = brush;
  const step = 0.5;
  for (let travelled = 0; travelled < length; travelled += step) {
    const angle = flow(x, y);
    const dx = Math.cos(angle);
    const dy = Math.sin(angle);
    // A stroke swells after it touches down and thins out where the brush lifts.
    const progress = travelled / length;
    const r = radius * Math.min(1, 0.4 + 6 * progress, 0.2 + 4 * (1 - progress));
    for (let across = -r; across <= r; across += step) {
      const side = across / r;
      const lit = 1 + bristle * (grain(phase + side * 4, travelled / 24) + 0.45 * side * (dx - dy));
      const soft = opacity * Math.min(1, 2.5 * (1 - Math.abs(side)));
      blend(canvas, Math.floor(x - dy * across), Math.floor(y + dx * across), brighten(colour, lit), soft);
    }
    x += dx * step;
    y += dy * step;
  }
}

/** Covers the canvas with strokes that take their colour from `scene`, `count` of them in random order. */
export function paintOver(
  canvas: Canvas,
  scene: (x: number, y: number, random: Random) => Rgb,
  flow: Flow,
  brush: Brush,
  count: number,
  grain: Noise,
  random: Random,
): void {
  for (let i = 0; i < count; i++) {
    const x = random.uniform() * canvas.width;
    const y = random.uniform() * canvas.height;
    drawStroke(canvas, x, y, scene(x, y, random), flow, brush, grain, random.uniform() * 200);
  }
}
