import { LimitError } from '../gpu/errors.js';
import { megabytes } from '../gpu/format.js';
import type { Gpu } from '../gpu/gpu.js';
import { F32_BYTES, Tensor } from '../gpu/tensor.js';
import { ceilDiv } from '../gpu/workgroups.js';

/** Elements that one workgroup of lbfgs_dots and lbfgs_combine takes (TILE in these shaders). */
export const TILE = 1024;

/** A range of the variables' elements, with what the history holds of it. */
export interface Chunk {
  /** First element. */
  start: number;
  count: number;
  /** Where this chunk's tiles begin among those of all chunks. */
  firstTile: number;
  tiles: number;
  /** Elements from one slot to the next: `count` rounded up to whole tiles, the rest 0. */
  stride: number;
  /** Steps and gradient differences, [slots, stride] each. */
  s: Tensor;
  y: Tensor;
}

/** How `size` elements are cut so that `slots` vectors of each piece fit one binding. Pure. */
export function cut(size: number, slots: number, bindingBytes: number): { start: number; count: number }[] {
  const most = Math.floor(bindingBytes / (F32_BYTES * slots * TILE)) * TILE;
  if (most === 0) {
    throw new LimitError(
      `A history of ${slots - 1} needs pieces of ${megabytes(F32_BYTES * slots * TILE)}, but this GPU binds at ` +
        `most ${megabytes(bindingBytes)}; choose a shorter one (--history).`,
    );
  }
  return Array.from({ length: ceilDiv(size, most) }, (_, i) => ({
    start: i * most,
    count: Math.min(most, size - i * most),
  }));
}

/**
 * The history: rings of `slots` steps s and as many gradient differences y of `size` elements. At 512² a history
 * of 100 is 630 MB where a binding may be 128 MiB, so it is cut by ranges of elements: each chunk has all slots of
 * its range, and the wide passes are dispatched once a chunk.
 */
export function allocateHistory(gpu: Gpu, size: number, slots: number, bindingBytes: number): Chunk[] {
  let firstTile = 0;
  return cut(size, slots, bindingBytes).map(({ start, count }, i) => {
    const tiles = ceilDiv(count, TILE);
    const chunk = {
      start,
      count,
      firstTile,
      tiles,
      stride: tiles * TILE,
      s: gpu.tensor(`lbfgs.s${i}`, [slots, tiles * TILE]),
      y: gpu.tensor(`lbfgs.y${i}`, [slots, tiles * TILE]),
    };
    firstTile += tiles;
    return chunk;
  });
}

/** The chunk's range of a tensor as large as the variables. Chunks start at multiples of TILE, so it can be bound. */
export function range(tensor: Tensor, { start, count }: Chunk): Tensor {
  return new Tensor(tensor.storage, [count], tensor.offset + start * F32_BYTES);
}
