import type { Random } from '../paint/random.js';

/** What `nearestCells` finds at a point. */
export interface Cell {
  /** Index of the nearest seed. */
  readonly index: number;
  /** Distance to the border with the next cell, in pixels. */
  readonly border: number;
}

/**
 * A Voronoi partition of a size × size square with about `across`² cells, one seed jittered inside each square of a
 * grid (Worley, "A cellular texture basis function", SIGGRAPH 1996).
 */
export function createCells(
  size: number,
  across: number,
  jitter: number,
  random: Random,
): { readonly xs: Float64Array; readonly ys: Float64Array; readonly find: (x: number, y: number) => Cell } {
  const step = size / across;
  const xs = new Float64Array(across * across);
  const ys = new Float64Array(across * across);
  for (let i = 0; i < across * across; i++) {
    xs[i] = ((i % across) + 0.5 + jitter * random.between(-0.5, 0.5)) * step;
    ys[i] = (Math.floor(i / across) + 0.5 + jitter * random.between(-0.5, 0.5)) * step;
  }
  const find = (x: number, y: number): Cell => {
    const cx = Math.floor(x / step);
    const cy = Math.floor(y / step);
    let index = 0;
    let best = Infinity;
    const near: number[] = [];
    for (let gy = Math.max(0, cy - 2); gy <= Math.min(across - 1, cy + 2); gy++) {
      for (let gx = Math.max(0, cx - 2); gx <= Math.min(across - 1, cx + 2); gx++) {
        const i = gy * across + gx;
        const d = (xs[i]! - x) ** 2 + (ys[i]! - y) ** 2;
        near.push(i);
        if (d < best) {
          best = d;
          index = i;
        }
      }
    }
    let border = Infinity;
    for (const i of near) {
      if (i === index) continue;
      // Distance to the perpendicular bisector between the two seeds.
      const nx = xs[i]! - xs[index]!;
      const ny = ys[i]! - ys[index]!;
      const mx = (xs[i]! + xs[index]!) / 2 - x;
      const my = (ys[i]! + ys[index]!) / 2 - y;
      border = Math.min(border, (mx * nx + my * ny) / Math.hypot(nx, ny));
    }
    return { index, border };
  };
  return { xs, ys, find };
}
