import type { Random } from '../../demo/paint/random.js';
import { createMatrix, dot, row, timesTransposed, type Matrix } from './matrix.js';

/**
 * Spherical k-means (Coates & Ng, "Learning feature representations with k-means", 2012, §2): unit vectors such that
 * every sample lies near the line through one of them. A sample pulls on its nearest centroid only, with the weight of
 * its projection and whatever its sign, so that centroids settle on the directions in which samples are sparse.
 *
 * @param samples - whitened samples, one a row
 * @returns `count` unit vectors, one a row
 */
export function sphericalKmeans(samples: Matrix, count: number, iterations: number, random: Random): Matrix {
  const pick = (): Float32Array => row(samples, random.below(samples.rows));
  let centroids = createMatrix(count, samples.columns);
  for (let k = 0; k < count; k++) row(centroids, k).set(normalised(pick()));
  for (let iteration = 0; iteration < iterations; iteration++) {
    const similarity = timesTransposed(samples, centroids);
    const sums = new Float64Array(count * samples.columns);
    const members = new Uint32Array(count);
    for (let i = 0; i < samples.rows; i++) {
      const scores = row(similarity, i);
      let best = 0;
      for (let k = 1; k < count; k++) if (Math.abs(scores[k]!) > Math.abs(scores[best]!)) best = k;
      members[best]!++;
      const sample = row(samples, i);
      const base = best * samples.columns;
      for (let j = 0; j < sample.length; j++) sums[base + j]! += scores[best]! * sample[j]!;
    }
    const next = createMatrix(count, samples.columns);
    for (let k = 0; k < count; k++) {
      // A centroid without members starts again at a random sample.
      const sum = members[k] === 0 ? pick() : Float32Array.from(rowOf(sums, k, samples.columns));
      row(next, k).set(normalised(sum));
    }
    centroids = next;
  }
  return centroids;
}

function rowOf(values: Float64Array, k: number, columns: number): Float64Array {
  return values.subarray(k * columns, (k + 1) * columns);
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}
