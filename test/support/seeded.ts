/**
 * Seeded weights and images, bit for bit those of test/fixtures/pytorch/seeded.py: everything comes from one 32-bit
 * hash and from +, -, *, / and sqrt in float64 (correctly rounded in both languages), rounded to float32 once at the
 * end. No pow, exp or log, whose last bit may differ between two maths libraries.
 */

const GOLDEN = 0x9e3779b9;

/** Output channels of VGG-19's sixteen convolutions; the input channels are the previous entry's. */
export const VGG19_CHANNELS = [
  64, 64, 128, 128, 256, 256, 256, 256, 512, 512, 512, 512, 512, 512, 512, 512,
] as const;

export type ImageName = 'content' | 'style' | 'probe';

interface ImageSpec {
  readonly seed: number;
  /** Knots a side of each coarse grid, and how much each grid counts (summing to 1). */
  readonly knots: readonly number[];
  readonly shares: readonly number[];
  /** Per channel: the colour at 0, and the distance from there to the colour at 1. */
  readonly low: readonly number[];
  readonly span: readonly number[];
}

const IMAGES: Record<ImageName, ImageSpec> = {
  content: {
    seed: 101,
    knots: [3, 5, 9],
    shares: [0.5, 0.3, 0.2],
    low: [0.05, 0.15, 0.25],
    span: [0.6, 0.7, 0.7],
  },
  style: {
    seed: 202,
    knots: [4, 8, 16],
    shares: [0.2, 0.3, 0.5],
    low: [0.3, 0.1, 0.02],
    span: [0.68, 0.8, 0.5],
  },
  probe: {
    seed: 303,
    knots: [2, 6, 12],
    shares: [0.4, 0.3, 0.3],
    low: [0.02, 0.02, 0.02],
    span: [0.96, 0.96, 0.96],
  },
};

/** MurmurHash3's 32-bit finaliser. */
function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** `count` float32 in [0, 1), each a multiple of 2⁻²⁴, from an unsigned 32-bit seed. */
export function uniform(seed: number, count: number): Float32Array<ArrayBuffer> {
  const start = mix((seed + GOLDEN) | 0);
  return Float32Array.from({ length: count }, (_, i) => (mix(start ^ Math.imul(i, GOLDEN)) >>> 8) * 2 ** -24);
}

/** `count` float32 in [-1, 1): 2u - 1, exact. */
export function signed(seed: number, count: number): Float32Array<ArrayBuffer> {
  return uniform(seed, count).map((u) => 2 * u - 1);
}

/** `count` whole numbers 0 … levels - 1 as float32, so that equal neighbours are common. */
export function quantised(seed: number, count: number, levels: number): Float32Array<ArrayBuffer> {
  return uniform(seed, count).map((u) => Math.floor(u * levels));
}

/** Weights (Cout, Cin, 3, 3) and bias (Cout) of a convolution. */
export interface SeededConv {
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
  readonly outputChannels: number;
  readonly inputChannels: number;
}

/**
 * VGG-19's convolution `index` (0 … 15): weights uniform in ±gain·√(6 / (9·Cin)), Kaiming's bound by fan-in at
 * gain 1, biases uniform in ±0.05.
 */
export function convWeights(index: number, gain = 1, seed = 1): SeededConv {
  const outputChannels = VGG19_CHANNELS[index]!;
  const inputChannels = index === 0 ? 3 : VGG19_CHANNELS[index - 1]!;
  const bound = gain * Math.sqrt(6 / (9 * inputChannels));
  const stream = 1000 * seed + 2 * index;
  return {
    weight: signed(stream, outputChannels * inputChannels * 9).map((u) => u * bound),
    bias: signed(stream + 1, outputChannels).map((u) => u * 0.05),
    outputChannels,
    inputChannels,
  };
}

/** Per pixel of an axis: the knot below it and the fraction of the way to the next; corner knots on corner pixels. */
function knotPositions(size: number, knots: number): { low: number; fraction: number }[] {
  return Array.from({ length: size }, (_, i) => {
    const at = size === 1 ? 0 : (i * (knots - 1)) / (size - 1);
    const low = Math.min(Math.floor(at), knots - 2);
    return { low, fraction: at - low };
  });
}

function addEnlarged(
  total: Float64Array,
  grid: Float32Array,
  knots: number,
  share: number,
  width: number,
): void {
  const columns = knotPositions(width, knots);
  const rows = knotPositions(total.length / width, knots);
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      const at = row.low * knots + column.low;
      const top = grid[at]! + (grid[at + 1]! - grid[at]!) * column.fraction;
      const bottom = grid[at + knots]! + (grid[at + knots + 1]! - grid[at + knots]!) * column.fraction;
      total[y * width + x]! += share * (top + (bottom - top) * row.fraction);
    });
  });
}

/** A smooth colour image, (1, 3, height, width) planes of float32 in 0.02 … 0.98: coarse grids enlarged and added. */
export function seededImage(name: ImageName, height: number, width: number): Float32Array<ArrayBuffer> {
  const { seed, knots, shares, low, span } = IMAGES[name];
  const pixels = height * width;
  const out = new Float32Array(3 * pixels);
  for (let c = 0; c < 3; c++) {
    const total = new Float64Array(pixels);
    knots.forEach((k, g) =>
      addEnlarged(total, uniform(seed * 100 + 10 * c + g, k * k), k, shares[g]!, width),
    );
    total.forEach((s, i) => {
      const t = Math.min(1, Math.max(0, 0.5 + 2 * (s - 0.5)));
      out[c * pixels + i] = low[c]! + span[c]! * t;
    });
  }
  return out;
}

/** Side of the matrix of {@link quadraticProblem}. */
export const QUADRATIC_SIDE = 50;

/**
 * The ill-conditioned problem of lbfgs.json, f(x) = mean((A·x - b)²): A (50 × 50, row-major) has singular values
 * 1 … 100, hence a Hessian of condition 10⁴. A[i][j] = σᵢ·((i = j) - (c·vᵢ)·vⱼ), σᵢ = 1 + 99·(i/49)³, c = 2/Σvᵢ².
 */
export function quadraticProblem(): { a: Float32Array<ArrayBuffer>; b: Float32Array<ArrayBuffer> } {
  const n = QUADRATIC_SIDE;
  const v = signed(501, n);
  const c = 2 / v.reduce((sum, e) => sum + e * e, 0);
  const a = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    const t = i / (n - 1);
    const sigma = 1 + 99 * t * t * t;
    for (let j = 0; j < n; j++) a[i * n + j] = sigma * ((i === j ? 1 : 0) - c * v[i]! * v[j]!);
  }
  return { a, b: signed(502, n) };
}
