import type { Rgb } from './colour.js';

/** A picture of float RGB, interleaved, row by row; values 0..1 unless something overshot. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A picture whose pixel (x, y) is `paint(x + ½, y + ½)`. */
export function createCanvas(width: number, height: number, paint: (x: number, y: number) => Rgb): Canvas {
  const data = new Float32Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) data.set(paint(x + 0.5, y + 0.5), i);
  }
  return { width, height, data };
}

/** Lays `colour` over one pixel with the given opacity; outside the canvas nothing happens. */
export function blend(canvas: Canvas, x: number, y: number, colour: Rgb, opacity: number): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return;
  const i = (y * canvas.width + x) * 3;
  for (let c = 0; c < 3; c++) canvas.data[i + c]! += (colour[c]! - canvas.data[i + c]!) * opacity;
}

/** Halves both sides by averaging 2×2 pixels: painting at double size and shrinking smooths every edge. */
export function halve(canvas: Canvas): Canvas {
  const width = canvas.width >> 1;
  const height = canvas.height >> 1;
  const data = new Float32Array(width * height * 3);
  const row = canvas.width * 3;
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, o++) {
        const i = 2 * y * row + 6 * x + c;
        const s = canvas.data;
        data[o] = (s[i]! + s[i + 3]! + s[i + row]! + s[i + row + 3]!) / 4;
      }
    }
  }
  return { width, height, data };
}

/** The part of the picture that starts at (left, top). */
export function crop(canvas: Canvas, left: number, top: number, width: number, height: number): Canvas {
  const data = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * canvas.width + left) * 3;
    data.set(canvas.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** The picture at another, smaller size: each new pixel is the mean over the area that it covers. */
export function shrink(canvas: Canvas, width: number, height: number): Canvas {
  const across = coverage(canvas.width, width);
  const down = coverage(canvas.height, height);
  const data = new Float32Array(width * height * 3);
  down.forEach((lines, y) => {
    across.forEach((columns, x) => {
      for (const [v, fv] of lines) {
        for (const [u, fu] of columns) {
          for (let c = 0; c < 3; c++) {
            data[(y * width + x) * 3 + c]! += fv * fu * canvas.data[(v * canvas.width + u) * 3 + c]!;
          }
        }
      }
    });
  });
  return { width, height, data };
}

/** For each of `to` equal parts of a line of `from` pixels: the pixels in it and each one's share. */
function coverage(from: number, to: number): (readonly [number, number])[][] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const parts: (readonly [number, number])[] = [];
    for (let p = Math.floor(i * scale); p < Math.min(from, (i + 1) * scale); p++) {
      const share = (Math.min(p + 1, (i + 1) * scale) - Math.max(p, i * scale)) / scale;
      if (share > 0) parts.push([p, share]);
    }
    return parts;
  });
}
