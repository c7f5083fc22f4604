/** A dense matrix, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A matrix of zeros. */
export function createMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float32Array(rows * columns) };
}

/** Row `i` as a view. */
export function row(matrix: Matrix, i: number): Float32Array {
  return matrix.data.subarray(i * matrix.columns, (i + 1) * matrix.columns);
}

/** Σ a·b over two vectors of one length, summed in float64. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * A·Bᵀ for matrices whose rows have the same length; sums in float64, results stored in float32. Four rows of each
 * at a time, since every number read is then used four times: this product is nearly all of the build's time.
 */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  const out = createMatrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i += 4) {
    for (let j = 0; j < b.rows; j += 4) block(a, b, out, i, j);
  }
  return out;
}

/** Fills the 4×4 block of A·Bᵀ at (i, j); rows past the end repeat the last one and are stored over it. */
function block(a: Matrix, b: Matrix, out: Matrix, i: number, j: number): void {
  const n = a.columns;
  const x = a.data;
  const y = b.data;
  const ri = [0, 1, 2, 3].map((k) => Math.min(i + k, a.rows - 1));
  const rj = [0, 1, 2, 3].map((k) => Math.min(j + k, b.rows - 1));
  const [x0, x1, x2, x3] = [ri[0]! * n, ri[1]! * n, ri[2]! * n, ri[3]! * n];
  const [y0, y1, y2, y3] = [rj[0]! * n, rj[1]! * n, rj[2]! * n, rj[3]! * n];
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < n; k++) {
    const p0 = x[x0 + k]!;
    const p1 = x[x1 + k]!;
    const p2 = x[x2 + k]!;
    const p3 = x[x3 + k]!;
    const q0 = y[y0 + k]!;
    const q1 = y[y1 + k]!;
    const q2 = y[y2 + k]!;
    const q3 = y[y3 + k]!;
    s00 += p0 * q0;
    s01 += p0 * q1;
    s02 += p0 * q2;
    s03 += p0 * q3;
    s10 += p1 * q0;
    s11 += p1 * q1;
    s12 += p1 * q2;
    s13 += p1 * q3;
    s20 += p2 * q0;
    s21 += p2 * q1;
    s22 += p2 * q2;
    s23 += p2 * q3;
    s30 += p3 * q0;
    s31 += p3 * q1;
    s32 += p3 * q2;
    s33 += p3 * q3;
  }
  const sums = [s00, s01, s02, s03, s10, s11, s12, s13, s20, s21, s22, s23, s30, s31, s32, s33];
  for (let k = 0; k < 16; k++) out.data[ri[k >> 2]! * b.rows + rj[k & 3]!] = sums[k]!;
}
