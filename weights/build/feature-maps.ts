import { createMatrix, row, timesTransposed, type Matrix } from './matrix.js';

/** What one layer makes of one picture: channels × height × width, planar. */
export interface FeatureMap {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** A 3×3 convolution: one filter a row (input channel, then row, then column, as torchvision stores them). */
export interface Convolution {
  readonly filters: Matrix;
  readonly bias: Float32Array;
}

/** Copies the 3×3 patch whose centre is (x, y), all channels, into `out`; zeros lie outside the map. */
export function copyPatch(map: FeatureMap, x: number, y: number, out: Float32Array): void {
  let o = 0;
  for (let c = 0; c < map.channels; c++) {
    for (let v = y - 1; v <= y + 1; v++) {
      for (let u = x - 1; u <= x + 1; u++, o++) {
        const inside = u >= 0 && v >= 0 && u < map.width && v < map.height;
        out[o] = inside ? map.data[(c * map.height + v) * map.width + u]! : 0;
      }
    }
  }
}

/** Convolution with zero padding 1 and stride 1, then ReLU. */
export function convolveRelu(map: FeatureMap, { filters, bias }: Convolution): FeatureMap {
  const { height, width } = map;
  const data = new Float32Array(filters.rows * height * width);
  const line = createMatrix(width, map.channels * 9);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) copyPatch(map, x, y, row(line, x));
    const sums = timesTransposed(filters, line);
    for (let k = 0; k < filters.rows; k++) {
      for (let x = 0; x < width; x++) {
        data[(k * height + y) * width + x] = Math.max(0, sums.data[k * width + x]! + bias[k]!);
      }
    }
  }
  return { channels: filters.rows, height, width, data };
}

/** The maximum over 2×2 squares; a last odd row or column is dropped. */
export function maxPool(map: FeatureMap): FeatureMap {
  const height = map.height >> 1;
  const width = map.width >> 1;
  const data = new Float32Array(map.channels * height * width);
  for (let c = 0, o = 0; c < map.channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, o++) {
        const i = (c * map.height + 2 * y) * map.width + 2 * x;
        const j = i + map.width;
        data[o] = Math.max(map.data[i]!, map.data[i + 1]!, map.data[j]!, map.data[j + 1]!);
      }
    }
  }
  return { channels: map.channels, height, width, data };
}
