/** Mean and variance (of the population, about that mean) in float64. */
export function moments(x: ArrayLike<number>): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]!;
  const mean = sum / x.length;
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (x[i]! - mean) ** 2;
  return { mean, variance: squares / x.length };
}

/** Pearson's correlation of two samples of equal size. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [of, and] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - of.mean) * (b[i]! - and.mean);
  return sum / a.length / Math.sqrt(of.variance * and.variance);
}

/** The greatest distance between a sample's distribution and `cdf` (the statistic D of Kolmogorov and Smirnov). */
export function kolmogorovSmirnov(sample: Float32Array, cdf: (x: number) => number): number {
  const sorted = sample.toSorted();
  let distance = 0;
  sorted.forEach((value, i) => {
    const expected = cdf(value);
    distance = Math.max(distance, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  });
  return distance;
}

/**
 * The standard normal distribution function, by its Taylor series at 0 (Marsaglia, "Evaluating the normal
 * distribution", 2004): Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/(3·5) + …). Good to 1e-12 for |x| < 7.
 */
export function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-16 * Math.abs(sum); n += 2) sum += term *= (x * x) / n;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
