import type { Piece } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { VECTOR_BYTES, type Tensor } from '../gpu/tensor.js';
import { TEXEL_COLUMNS } from '../gpu/texels.js';
import { ceilDiv } from '../gpu/workgroups.js';
import { piecesOf, texelCopy } from './texel-copy.js';

/** A strip of the columns of a matrix: [blocks][rows][width], in vec4s, as it lies in texels. */
export interface StripPlan {
  /** The first of its columns, in vec4s. */
  first: number;
  /** How many of a row are in use. */
  count: number;
  /** Of a block's rows; the last block may be less full. */
  width: number;
  pieces: readonly Piece[];
}

/** A strip that a shader can read. */
export interface TexelStrip extends Omit<StripPlan, 'pieces'> {
  texels: Tensor;
}

/** As much as a cache holds until it has been read; a strip of a single block may be larger. */
const STRIP_BYTES = 2 ** 22;

/** Copies of several rows want them to begin at multiples of so many bytes. */
const PITCH_BYTES = 256;

/** Whether a matrix of whole vec4s can be had in strips. Pure. */
export function fitsStrips(k4: number): boolean {
  return k4 <= TEXEL_COLUMNS || (k4 * VECTOR_BYTES) % PITCH_BYTES === 0;
}

/**
 * How the columns of m rows of k4 vec4s are cut: a block's row is a row of texels, or where the matrix has no longer ones
 * its row as it is. Pure.
 */
export function planStrips(m: number, k4: number): StripPlan[] {
  if (k4 <= TEXEL_COLUMNS) return [{ first: 0, count: k4, width: k4, pieces: piecesOf(m * k4) }];
  const blocks = Math.max(1, Math.floor(STRIP_BYTES / (m * TEXEL_COLUMNS * VECTOR_BYTES)));
  const strips: StripPlan[] = [];
  for (let first = 0; first < k4; first += blocks * TEXEL_COLUMNS) {
    const count = Math.min(blocks * TEXEL_COLUMNS, k4 - first);
    const pieces = Array.from({ length: ceilDiv(count, TEXEL_COLUMNS) }, (_, block) => ({
      offset: (first + block * TEXEL_COLUMNS) * VECTOR_BYTES,
      pitch: k4 * VECTOR_BYTES,
      columns: Math.min(TEXEL_COLUMNS, count - block * TEXEL_COLUMNS),
      rows: m,
      row: block * m,
    }));
    strips.push({ first, count, width: TEXEL_COLUMNS, pieces });
  }
  return strips;
}

/**
 * Records a matrix's numbers once more in texels, strip by strip, and after each strip what is to be done with it. A matrix
 * that is a single strip is copied once for all who want it so.
 *
 * @param label the operation that they are for.
 * @param f m × k, k a multiple of 4 that fitsStrips.
 */
export function forTexelStrips(
  recorder: Recorder,
  label: string,
  f: Tensor,
  record: (strip: TexelStrip) => void,
): void {
  const [m, k] = f.shape as [number, number];
  const strips = planStrips(m, k / 4);
  for (const { pieces, ...strip } of strips) {
    const shape = [ceilDiv(strip.count, strip.width) * m, strip.width, 4];
    const copy = () => texelCopy(recorder, label, f, { shape, pieces });
    const texels = strips.length === 1 ? recorder.derived(f, 'strip', copy) : copy();
    record({ ...strip, texels });
  }
}
