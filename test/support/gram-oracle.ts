/** F·Fᵀ / (m·k), by the definition, in float64. */
export function gramOracle(f: ArrayLike<number>, m: number, k: number): Float64Array {
  const g = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let at = 0; at < k; at++) sum += f[i * k + at]! * f[j * k + at]!;
      g[i * m + j] = sum / (m * k);
    }
  }
  return g;
}

/** d⟨dy, gram(f)⟩/df[i, k] = Σⱼ (dy[i, j] + dy[j, i]) f[j, k] / (m·k). */
export function gramGradientOracle(
  f: ArrayLike<number>,
  dy: ArrayLike<number>,
  m: number,
  k: number,
): Float64Array {
  const df = new Float64Array(m * k);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      const weight = (dy[i * m + j]! + dy[j * m + i]!) / (m * k);
      for (let at = 0; at < k; at++) df[i * k + at]! += weight * f[j * k + at]!;
    }
  }
  return df;
}

/** mean((weight·g − weight·target)²) with g the Gram matrix of f. */
export function gramErrorOracle(
  f: ArrayLike<number>,
  target: ArrayLike<number>,
  weight: number,
  m: number,
  k: number,
): number {
  const squares = gramOracle(f, m, k).map((g, at) => (weight * (g - target[at]!)) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / (m * m);
}

/** Its gradient to f times dy, by way of that to g: 2·weight²·(g − target)/m² · dy. */
export function gramErrorGradientOracle(
  f: ArrayLike<number>,
  target: ArrayLike<number>,
  weight: number,
  dy: number,
  m: number,
  k: number,
): Float64Array {
  const factor = (2 * weight * weight * dy) / (m * m);
  const dg = gramOracle(f, m, k).map((g, at) => factor * (g - target[at]!));
  return gramGradientOracle(f, dg, m, k);
}
