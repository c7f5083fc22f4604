import { write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { linearGrid } from '../gpu/workgroups.js';

/** Uniformly distributed noise. */
export interface UniformNoise {
  /** A whole number of 0 .. 2⁵³ − 1. */
  seed: number;
  /** The least value, 0 unless said otherwise. */
  low?: number;
  /** Above every value, 1 unless said otherwise. */
  high?: number;
}

/** Normally distributed noise. */
export interface NormalNoise {
  /** A whole number of 0 .. 2⁵³ − 1. */
  seed: number;
  /** 0 unless said otherwise. */
  mean?: number;
  /** The standard deviation, 1 unless said otherwise. */
  std?: number;
}

/**
 * Fills y, of any shape, with independent numbers uniform in [low, high), in steps of (high − low)/2²⁴. Element i
 * (row-major) depends on the seed and on i alone. The mathematics is in shaders/noise.wgsl.
 *
 * @throws RangeError for a seed that is no whole number of 0 .. 2⁵³ − 1, or bounds that leave no float32 between.
 */
export function uniformNoise(recorder: Recorder, y: Tensor, noise: UniformNoise): void {
  const low = Math.fround(noise.low ?? 0);
  const high = Math.fround(noise.high ?? 1);
  if (!(Number.isFinite(low) && low < high && Number.isFinite(Math.fround(high - low)))) {
    throw new RangeError(`uniform noise needs finite bounds, low below high, not ${low} and ${high}.`);
  }
  fill(recorder, y, noise.seed, { NORMAL: 0, A: low, B: Math.fround(high - low), LARGEST: below(high) });
}

/**
 * Fills y, of any shape, with independent normal numbers; none is further than 5.8 standard deviations from the
 * mean, since u is at least 2⁻²⁴. Element i depends on the seed and on i alone, up to the
 * adapter's accuracy in logarithm and cosine (WGSL specification, "Floating point accuracy": 2⁻¹¹ for the
 * latter).
 *
 * @throws RangeError for a seed that is no whole number of 0 .. 2⁵³ − 1, a mean that is not finite, or a
 *   standard deviation below 0 or not finite.
 */
export function normalNoise(recorder: Recorder, y: Tensor, noise: NormalNoise): void {
  const { mean = 0, std = 1 } = noise;
  if (!Number.isFinite(mean) || !Number.isFinite(std) || std < 0) {
    throw new RangeError(`normal noise needs a finite mean and a deviation ≥ 0, not ${mean} and ${std}.`);
  }
  fill(recorder, y, noise.seed, { NORMAL: 1, A: mean, B: std });
}

function fill(recorder: Recorder, y: Tensor, seed: number, constants: Record<string, number>): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`a seed must be a whole number of 0 .. ${Number.MAX_SAFE_INTEGER}, not ${seed}.`);
  }
  requireShape(y.size <= 2 ** 32, () => `noise: ${y} has more elements than there are counters.`);
  recorder.dispatch({
    label: 'noise',
    shader: 'noise',
    constants: {
      COUNT: y.size,
      SEED_LOW: seed % 2 ** 32,
      SEED_HIGH: Math.floor(seed / 2 ** 32),
      ...constants,
    },
    bindings: [write(y)],
    workgroups: linearGrid(y.size),
  });
}

/** The largest float32 below x. */
function below(x: number): number {
  if (x === 0) return -(2 ** -126); // The nearest one that an adapter may not flush to zero.
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, x);
  bits.setInt32(0, bits.getInt32(0) + (x > 0 ? -1 : 1));
  return bits.getFloat32(0);
}
