import { read, update } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';

/** The shape of a ring for `append` that remembers the last `rows` pairs. */
export function ringShape(rows: number): [number] {
  return [2 * rows + 1];
}

/**
 * Appends the pair of scalars (a, b) to a ring, so that a loop's figures can be read many runs at a time.
 *
 * @param ring [2·rows + 1], zero at first: rows of pairs, then how many were ever appended (exact up to 2²⁴).
 */
export function append(recorder: Recorder, a: Tensor, b: Tensor, ring: Tensor): void {
  requireShape(a.size === 1 && b.size === 1, () => `append: takes scalars, not ${a} and ${b}.`);
  requireShape(ring.size % 2 === 1 && ring.size >= 3, () => `append: a ring is [2·rows + 1], not ${ring}.`);
  recorder.dispatch({
    label: 'append',
    shader: 'append',
    constants: { ROWS: (ring.size - 1) / 2 },
    bindings: [read(a), read(b), update(ring)],
    workgroups: [1, 1, 1],
  });
}

/**
 * The pairs appended after the first `seen`, oldest first, from a ring's contents.
 *
 * @throws RangeError when more were appended since than the ring holds.
 */
export function pairsSince(ring: Float32Array, seen: number): [number, number][] {
  const rows = (ring.length - 1) / 2;
  const count = ring[2 * rows]!;
  if (count - seen > rows)
    throw new RangeError(`${count - seen} pairs since the last look, but the ring holds ${rows}.`);
  return Array.from({ length: count - seen }, (_, i) => {
    const row = (seen + i) % rows;
    return [ring[2 * row]!, ring[2 * row + 1]!];
  });
}
