import { LimitError } from '../gpu/errors.js';
import { megabytes } from '../gpu/format.js';
import type { Gpu } from '../gpu/gpu.js';
import { F32_BYTES, type Form, Tensor } from '../gpu/tensor.js';
import { texelBytes } from '../gpu/texels.js';
import { ceilDiv } from '../gpu/workgroups.js';
import type { HistoryBits } from './options.js';

/** Elements that one workgroup of the wide passes takes (TILE in the shaders). */
export const TILE = 1024;

/**
 * Bytes of one vector that lie in a row in the history (ROW in the shaders). All slots of a strip follow each other, so
 * that a pass which takes strip by strip reads the history from one end to the other, as memory and its prefetching like
 * it, and yet a GPU's neighbouring lanes read neighbouring bytes.
 */
const ROW_BYTES = 512;

/** A range of the variables' elements, with what the history holds of it. */
export interface Chunk {
  /** First element. */
  start: number;
  count: number;
  tiles: number;
  /** What the shaders know of it: count, number of the first tile, tiles of all chunks (u32). */
  geometry: Tensor;
  /**
   * Steps and gradient differences of `count` elements rounded up to whole tiles, the rest 0: [strips, slots, ROW_BYTES]
   * each, as shaders/parts/lbfgs_history.wgsl tells.
   */
  s: Tensor;
  y: Tensor;
}

/** How long a history is, and how exact. */
export interface HistoryFormat {
  slots: number;
  /** Of a number: LbfgsOptions.historyBits. */
  bits: HistoryBits;
}

/** VECTORS of the shaders: 16 bytes each, for eight numbers. */
export const vectorsOfEight = (bits: HistoryBits) => bits / 16;

/** How `size` elements are cut so that all slots of each piece fit one binding. Pure. */
export function cut(
  size: number,
  { slots, bits }: HistoryFormat,
  bindingBytes: number,
): { start: number; count: number }[] {
  const tileBytes = (bits / 8) * slots * TILE;
  const most = Math.floor(bindingBytes / tileBytes) * TILE;
  if (most === 0) {
    throw new LimitError(
      `A history of ${slots - 1} needs pieces of ${megabytes(tileBytes)}, but this GPU binds at ` +
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
 * of 100 is 318 MB where a binding may be 128 MiB, so it is cut by ranges of elements: each chunk has all slots of
 * its range, and the wide passes are dispatched once a chunk.
 *
 * @param form where it is to lie.
 * @param most bytes of a chunk's s or y, as `cut` takes them, if fewer than the device allows.
 */
export function allocateHistory(
  gpu: Gpu,
  size: number,
  format: HistoryFormat,
  form: Form,
  most = Infinity,
): Chunk[] {
  const { slots, bits } = format;
  const limit = form === 'texels' ? texelBytes(gpu.limits) : gpu.limits.maxStorageBufferBindingSize;
  const ranges = cut(size, format, Math.min(limit, most));
  const allTiles = ranges.reduce((sum, { count }) => sum + ceilDiv(count, TILE), 0);
  let firstTile = 0;
  return ranges.map(({ start, count }, i) => {
    const tiles = ceilDiv(count, TILE);
    const shape = [(tiles * TILE * (bits / 8)) / ROW_BYTES, slots, ROW_BYTES / F32_BYTES];
    const words = Uint32Array.of(count, firstTile, allTiles);
    firstTile += tiles;
    return {
      start,
      count,
      tiles,
      geometry: gpu.tensor(`lbfgs.chunk${i}`, [3], new Float32Array(words.buffer)),
      s: gpu.zeros(`lbfgs.s${i}`, shape, form),
      y: gpu.zeros(`lbfgs.y${i}`, shape, form),
    };
  });
}

/** The chunk's range of a tensor as large as the variables. Chunks start at multiples of TILE, so it can be bound. */
export function range(tensor: Tensor, { start, count }: Chunk): Tensor {
  return new Tensor(tensor.storage, [count], tensor.offset + start * F32_BYTES);
}

/** The chunk's range of a tensor that was made for whole tiles. */
export function wholeTiles(tensor: Tensor, { start, tiles }: Chunk): Tensor {
  return new Tensor(tensor.storage, [tiles * TILE], tensor.offset + start * F32_BYTES);
}
