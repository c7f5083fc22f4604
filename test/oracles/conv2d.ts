import type { Conv2dGeometry } from '../../src/kernels/conv2d-geometry.js';

/**
 * conv2d in float64, written from the definition as a scatter over (output, tap) pairs: `visit` is called with the
 * flat indices of each product w·x that goes into an output. Forward and all three gradients are sums over it.
 */
function forEachProduct(g: Conv2dGeometry, visit: (y: number, w: number, x: number) => void): void {
  for (let n = 0; n < g.batch; n++)
    for (let o = 0; o < g.outputChannels; o++)
      for (let i = 0; i < g.outputHeight; i++)
        for (let j = 0; j < g.outputWidth; j++)
          for (let c = 0; c < g.inputChannels; c++)
            for (let u = 0; u < g.kernelHeight; u++)
              for (let v = 0; v < g.kernelWidth; v++) {
                const row = i * g.strideY + u - g.padding.top;
                const column = j * g.strideX + v - g.padding.left;
                if (row < 0 || row >= g.inputHeight || column < 0 || column >= g.inputWidth) continue;
                visit(
                  ((n * g.outputChannels + o) * g.outputHeight + i) * g.outputWidth + j,
                  ((o * g.inputChannels + c) * g.kernelHeight + u) * g.kernelWidth + v,
                  ((n * g.inputChannels + c) * g.inputHeight + row) * g.inputWidth + column,
                );
              }
}

const outputSize = (g: Conv2dGeometry) => g.batch * g.outputChannels * g.outputHeight * g.outputWidth;

export function conv2dOracle(
  g: Conv2dGeometry,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  bias?: ArrayLike<number>,
): Float64Array {
  const area = g.outputHeight * g.outputWidth;
  const y = new Float64Array(outputSize(g)).map(
    (_, i) => bias?.[Math.floor(i / area) % g.outputChannels] ?? 0,
  );
  forEachProduct(g, (yi, wi, xi) => (y[yi]! += w[wi]! * x[xi]!));
  return y;
}

export function conv2dGradientOracle(
  g: Conv2dGeometry,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  dy: ArrayLike<number>,
): { dx: Float64Array; dw: Float64Array; db: Float64Array } {
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  const db = new Float64Array(g.outputChannels);
  forEachProduct(g, (yi, wi, xi) => {
    dx[xi]! += w[wi]! * dy[yi]!;
    dw[wi]! += x[xi]! * dy[yi]!;
  });
  const area = g.outputHeight * g.outputWidth;
  for (let i = 0; i < dy.length; i++) db[Math.floor(i / area) % g.outputChannels]! += dy[i]!;
  return { dx, dw, db };
}
