import type { Pixels8 } from './pixels.js';

/**
 * A picture at another size, for previews and nothing that is computed with: a triangle filter, widened by the
 * factor when shrinking so that every source pixel counts (antialiasing, as Pillow's BILINEAR does).
 *
 * @throws RangeError if a side is not a positive whole number
 */
export function resizePreview(pixels: Pixels8, width: number, height: number): Pixels8 {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`cannot make a preview of ${width}×${height} pixels`);
  }
  const rows = resampleRows(pixels.data, pixels.width, pixels.height, width);
  // Rows of the transposed picture are columns, so one routine does both passes.
  const columns = resampleRows(transpose(rows, width, pixels.height), pixels.height, width, height);
  return { width, height, data: Uint8ClampedArray.from(transpose(columns, height, width)) };
}

function resampleRows(data: ArrayLike<number>, from: number, rows: number, to: number): Float32Array {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  const result = new Float32Array(4 * to * rows);
  for (let x = 0; x < to; x++) {
    const centre = (x + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach));
    const end = Math.min(from, Math.ceil(centre + reach));
    const weights: number[] = [];
    for (let s = first; s < end; s++) weights.push(Math.max(0, 1 - Math.abs(s + 0.5 - centre) / reach));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let y = 0; y < rows; y++) {
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * data[4 * (y * from + first + i) + c]!;
        result[4 * (y * to + x) + c] = sum / total;
      }
    }
  }
  return result;
}

function transpose(data: Float32Array, width: number, height: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 4; c++) result[4 * (x * height + y) + c] = data[4 * (y * width + x) + c]!;
    }
  }
  return result;
}
