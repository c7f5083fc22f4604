import type { Oracle } from '../cases/case.js';

type Numbers = ArrayLike<number>;

/** The places in x of the 2 × 2 window of output element `at`, row by row, for maps of s × s. */
function windowOf(at: number, s: number): [number, number, number, number] {
  const half = s >> 1;
  const [map, i, j] = [Math.floor(at / (half * half)), Math.floor(at / half) % half, at % half];
  const corner = (map * s + 2 * i) * s + 2 * j;
  return [corner, corner + 1, corner + s, corner + s + 1];
}

/** The output element whose window holds element `at` of x; undefined for an odd last row or column. */
function outputOf(at: number, s: number): number | undefined {
  const half = s >> 1;
  const [map, i, j] = [Math.floor(at / (s * s)), Math.floor(at / s) % s, at % s];
  if (i >= 2 * half || j >= 2 * half) return undefined;
  return (map * half + (i >> 1)) * half + (j >> 1);
}

/** The largest of each 2 × 2 window. */
export function maxPool(s: number, x: Numbers): Oracle {
  return (at) => Math.max(...windowOf(at, s).map((i) => x[i]!));
}

/** Its gradient: all of dy goes to the first of the largest. */
export function maxPoolInput(s: number, x: Numbers, dy: Numbers): Oracle {
  return (at) => {
    const output = outputOf(at, s);
    if (output === undefined) return 0;
    const places = windowOf(output, s);
    const largest = Math.max(...places.map((i) => x[i]!));
    return places.find((i) => x[i] === largest) === at ? dy[output]! : 0;
  };
}

/** The mean of each 2 × 2 window. */
export function averagePool(s: number, x: Numbers): Oracle {
  return (at) => windowOf(at, s).reduce((sum, i) => sum + x[i]!, 0) / 4;
}

/** Its gradient: a quarter of dy for each of the four. */
export function averagePoolInput(s: number, dy: Numbers): Oracle {
  return (at) => {
    const output = outputOf(at, s);
    return output === undefined ? 0 : dy[output]! / 4;
  };
}
