import { F32_BYTES } from '../gpu/tensor.js';
import { ceilDiv } from '../gpu/workgroups.js';

/** Pixels along a side of an output tile. */
export const WINOGRAD_TILE = 4;

/** Positions along a side of a tile's transform, and of all of it, each a matrix product of its own. */
export const SIDE = 6;
export const POSITIONS = SIDE * SIDE;

/** Tiles side by side, a vector of them. */
export const QUAD = 4;

/** Quads of a block, which the products take side by side. */
export const BLOCK_QUADS = 8;

/** The most bytes that a strip's transform may take anywhere: what a storage binding holds on every device. */
export const MOST_STRIP_BYTES = 2 ** 27;

/** A transform of no more bytes is made in one. */
const WHOLE_BYTES = 2 ** 24;

/** A few whole rows of tiles, transformed and multiplied together. */
export interface WinogradStrip {
  firstRow: number;
  quads: number;
  blocks: number;
}

/** Bytes that the transform of a row of tiles takes, the least that a strip can be. */
export function winogradRowBytes(width: number, channels: number): number {
  return POSITIONS * channels * quadsOf(width) * QUAD * F32_BYTES;
}

/**
 * How the image is cut into quads and strips. Pure, so that it is tested without a GPU.
 *
 * @param bytes that a strip's transform may take.
 * @param whole bytes that the whole image's may take for it not to be cut.
 */
export function winogradStrips(
  height: number,
  width: number,
  channels: number,
  bytes: number,
  whole = WHOLE_BYTES,
): { quadsAcross: number; strips: WinogradStrip[] } {
  const quadsAcross = quadsOf(width);
  const down = ceilDiv(height, WINOGRAD_TILE);
  const rowBytes = winogradRowBytes(width, channels);
  const rowsFitting = Math.floor(bytes / rowBytes);
  const count = down * rowBytes <= whole ? 1 : ceilDiv(down, Math.max(1, rowsFitting));
  const rows = ceilDiv(down, count);
  const strips = [];
  for (let firstRow = 0; firstRow < down; firstRow += rows) {
    const quads = Math.min(rows, down - firstRow) * quadsAcross;
    strips.push({ firstRow, quads, blocks: ceilDiv(quads, BLOCK_QUADS) });
  }
  return { quadsAcross, strips };
}

function quadsOf(width: number): number {
  return ceilDiv(width, WINOGRAD_TILE * QUAD);
}
