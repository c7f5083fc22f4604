import { readFileSync, writeFileSync } from 'node:fs';
import jpeg from 'jpeg-js';
import type { Canvas } from './canvas.js';

/** Decodes a JPEG file. */
export function readJpeg(path: string | URL): Canvas {
  const { width, height, data } = jpeg.decode(readFileSync(path), { useTArray: true });
  const out = new Float32Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) out[3 * p + c] = data[4 * p + c]! / 255;
  }
  return { width, height, data: out };
}

/** Writes a JPEG file; `quality` is 1..100. */
export function writeJpeg(path: string | URL, canvas: Canvas, quality: number): void {
  const { width, height } = canvas;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) {
      data[4 * p + c] = Math.round(Math.min(Math.max(canvas.data[3 * p + c]!, 0), 1) * 255);
    }
  }
  writeFileSync(path, jpeg.encode({ width, height, data }, quality).data);
}
