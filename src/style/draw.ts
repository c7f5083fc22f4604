/**
 * Seeded numbers in [0, 1), in steps of 2⁻³², for the few choices made on the host: mulberry32 (Tommy Ettinger,
 * public domain). Both halves of a seed of up to 53 bits count.
 */
export function seededDraws(seed: number): () => number {
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
