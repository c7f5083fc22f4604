import type { Oracle } from '../cases/case.js';

type Numbers = ArrayLike<number>;

/** The Gram matrix of c maps of k places: Σ x[a, p] · x[b, p] over p, divided by c·k. */
export function gram(c: number, k: number, x: Numbers): Oracle {
  return (at) => {
    const [a, b] = [Math.floor(at / c), at % c];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += x[a * k + p]! * x[b * k + p]!;
    return sum / (c * k);
  };
}

/** Its gradient: Σ (dy[a, b] + dy[b, a]) · x[b, p] over b, divided by c·k. */
export function gramInput(c: number, k: number, x: Numbers, dy: Numbers): Oracle {
  return (at) => {
    const [a, p] = [Math.floor(at / k), at % k];
    let sum = 0;
    for (let b = 0; b < c; b++) sum += (dy[a * c + b]! + dy[b * c + a]!) * x[b * k + p]!;
    return sum / (c * k);
  };
}

/** The gradient to x of the mean squared error between its Gram matrix, which is g, and a target. */
export function gramErrorInput(
  c: number,
  k: number,
  x: Numbers,
  g: Numbers,
  target: Numbers,
  dy: Numbers,
): Oracle {
  const difference = meanSquaredErrorInput(g, target, dy);
  return gramInput(
    c,
    k,
    x,
    Float64Array.from({ length: c * c }, (_, at) => difference(at)),
  );
}

/** The mean of (a − b)². */
export function meanSquaredError(a: Numbers, b: Numbers): Oracle {
  return () => total(a.length, (i) => (a[i]! - b[i]!) ** 2) / a.length;
}

/** Its gradient to a: 2(a − b)/n · dy. */
export function meanSquaredErrorInput(a: Numbers, b: Numbers, dy: Numbers): Oracle {
  return (at) => ((2 * (a[at]! - b[at]!)) / a.length) * dy[0]!;
}

/** Σ term(i) for i from 0 to count − 1. */
export function total(count: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
}
