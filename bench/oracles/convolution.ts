import type { Oracle } from '../cases/case.js';

/** From `c` channels to `o`, 3 × 3, padded by 1, on maps of s × s. */
export interface ConvolutionSizes {
  c: number;
  o: number;
  s: number;
}

type Numbers = ArrayLike<number>;

/** y[o, i, j] = bias[o] + Σ w[o, c, u, v] · x[c, i + u − 1, j + v − 1], in float64. */
export function convolution({ c, s }: ConvolutionSizes, x: Numbers, w: Numbers, bias: Numbers): Oracle {
  return (at) => {
    const [channel, i, j] = place(at, s);
    let sum = bias[channel]!;
    for (let from = 0; from < c; from++) {
      forEachTap(s, i, j, (u, v, row, column) => {
        sum += w[((channel * c + from) * 3 + u) * 3 + v]! * x[(from * s + row) * s + column]!;
      });
    }
    return sum;
  };
}

/** Its gradient to x: dx[c, i, j] = Σ w[o, c, u, v] · dy[o, i − u + 1, j − v + 1]. */
export function convolutionInput({ c, o, s }: ConvolutionSizes, dy: Numbers | Oracle, w: Numbers): Oracle {
  const gradient = typeof dy === 'function' ? dy : (at: number) => dy[at]!;
  return (at) => {
    const [channel, i, j] = place(at, s);
    let sum = 0;
    for (let to = 0; to < o; to++) {
      forEachTap(s, i, j, (u, v, row, column) => {
        // Tap (u, v) of the output at (i + u − 1, j + v − 1) is the filter's turned by half a circle.
        sum += w[((to * c + channel) * 3 + 2 - u) * 3 + 2 - v]! * gradient((to * s + row) * s + column);
      });
    }
    return sum;
  };
}

/** Its gradient to w: dw[o, c, u, v] = Σ dy[o, i, j] · x[c, i + u − 1, j + v − 1]. */
export function convolutionWeights({ c, s }: ConvolutionSizes, x: Numbers, dy: Numbers): Oracle {
  return (at) => {
    const [v, u] = [at % 3, Math.floor(at / 3) % 3];
    const [from, to] = [Math.floor(at / 9) % c, Math.floor(at / (9 * c))];
    let sum = 0;
    for (let i = Math.max(0, 1 - u); i < Math.min(s, s + 1 - u); i++) {
      for (let j = Math.max(0, 1 - v); j < Math.min(s, s + 1 - v); j++) {
        sum += dy[(to * s + i) * s + j]! * x[(from * s + i + u - 1) * s + j + v - 1]!;
      }
    }
    return sum;
  };
}

/** Its gradient to the bias: the sum over each map. */
export function convolutionBias(s: number, dy: Numbers): Oracle {
  return (at) => {
    let sum = 0;
    for (let i = at * s * s; i < (at + 1) * s * s; i++) sum += dy[i]!;
    return sum;
  };
}

function place(at: number, s: number): [channel: number, i: number, j: number] {
  return [Math.floor(at / (s * s)), Math.floor(at / s) % s, at % s];
}

/** Visits the taps (u, v) about (i, j) that lie within the map. */
function forEachTap(
  s: number,
  i: number,
  j: number,
  visit: (u: number, v: number, row: number, column: number) => void,
): void {
  for (let u = 0; u < 3; u++) {
    for (let v = 0; v < 3; v++) {
      const [row, column] = [i + u - 1, j + v - 1];
      if (row >= 0 && row < s && column >= 0 && column < s) visit(u, v, row, column);
    }
  }
}
