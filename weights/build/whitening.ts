import { createMatrix, row, timesTransposed, type Matrix } from './matrix.js';

/** A linear map that makes the rows it was made from uncorrelated, with unit variance where there is signal. */
export interface Whitening {
  readonly mean: Float32Array;
  /** Lower triangle L with L·Lᵀ = covariance + ridge; float64, row by row. */
  readonly factor: Float64Array;
}

/**
 * Whitening by the Cholesky factor of the covariance: z = L⁻¹(p − mean). Every whitening is this one times a
 * rotation (Kessy, Lewin & Strimmer, "Optimal whitening and decorrelation", 2018), and k-means on directions does not
 * see rotations; so this stands in for ZCA (Bell & Sejnowski 1997) at a small part of an eigenvalue problem's cost.
 *
 * @param ridge - added to every variance, as a fraction of their mean: large values leave fine, weak detail weak
 */
export function fitWhitening(samples: Matrix, ridge: number): Whitening {
  const { rows, columns } = samples;
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) row(samples, i).forEach((value, k) => (sums[k]! += value));
  const mean = Float32Array.from(sums, (sum) => sum / rows);
  // Transposed, so that the covariance is one product of rows with rows.
  const centred = createMatrix(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      centred.data[k * rows + i] = samples.data[i * columns + k]! - mean[k]!;
    }
  }
  const covariance = Float64Array.from(timesTransposed(centred, centred).data, (sum) => sum / rows);
  let trace = 0;
  for (let k = 0; k < columns; k++) trace += covariance[k * columns + k]!;
  for (let k = 0; k < columns; k++) covariance[k * columns + k]! += (ridge * trace) / columns;
  return { mean, factor: cholesky(covariance, columns) };
}

/** The lower triangle L of a positive definite n × n matrix L·Lᵀ (Golub & Van Loan, *Matrix Computations*, §4.2). */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * n + k]! * factor[j * n + k]!;
      factor[i * n + j] = i === j ? Math.sqrt(sum) : sum / factor[j * n + j]!;
    }
  }
  return factor;
}

/** The samples in whitened coordinates: each row p becomes L⁻¹(p − mean). */
export function whiten({ mean, factor }: Whitening, samples: Matrix): Matrix {
  const n = samples.columns;
  const inverse = invertLower(factor, n);
  const shift = timesTransposed({ rows: 1, columns: n, data: mean }, inverse).data;
  const out = timesTransposed(samples, inverse);
  for (let i = 0; i < out.rows; i++) row(out, i).forEach((value, k, line) => (line[k] = value - shift[k]!));
  return out;
}

/** The filter w in patch coordinates whose response w·(p − mean) is `direction`·z: w = L⁻ᵀ·direction. */
export function toFilter({ factor }: Whitening, direction: Float32Array): Float64Array {
  const n = direction.length;
  const filter = Float64Array.from(direction);
  for (let i = n - 1; i >= 0; i--) {
    filter[i]! /= factor[i * n + i]!;
    for (let k = 0; k < i; k++) filter[k]! -= factor[i * n + k]! * filter[i]!;
  }
  return filter;
}

function invertLower(factor: Float64Array, n: number): Matrix {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const line = inverse.subarray(i * n, (i + 1) * n);
    line[i] = 1;
    for (let k = 0; k < i; k++) {
      const weight = factor[i * n + k]!;
      for (let j = 0; j <= k; j++) line[j]! -= weight * inverse[k * n + j]!;
    }
    for (let j = 0; j <= i; j++) line[j]! /= factor[i * n + i]!;
  }
  return { rows: n, columns: n, data: Float32Array.from(inverse) };
}
