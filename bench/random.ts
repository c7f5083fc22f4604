/** Seeded numbers in [0, 1), one at a time: mulberry32, by Tommy Ettinger (public domain algorithm). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seeded float32 numbers, uniform in [low, high). */
export function uniform(seed: number, count: number, low = -1, high = 1): Float32Array {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => low + (high - low) * random());
}

/** A prime number of numbers, so that rows and channels, which like powers of two, do not repeat where they repeat. */
const PERIOD = 1_048_573;
const periods = new Map<number, Float32Array>();

/** Seeded float32 numbers in [-1, 1) for large tensors, made a hundred times as fast: they repeat after about a million. */
export function repeating(seed: number, count: number): Float32Array {
  let period = periods.get(seed);
  if (!period) periods.set(seed, (period = uniform(seed, PERIOD)));
  const numbers = new Float32Array(count);
  for (let at = 0; at < count; at += PERIOD) numbers.set(period.subarray(0, count - at), at);
  return numbers;
}
