import type { Piece } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { type Shape, type Tensor, VECTOR_BYTES } from '../gpu/tensor.js';
import { TEXEL_COLUMNS } from '../gpu/texels.js';

/** How a copy is to lie: what no piece covers holds anything. */
interface Layout {
  shape: Shape;
  pieces: readonly Piece[];
}

/**
 * Records a copy of a tensor in texels. On Mesa's software adapter it pays to make one for a shader that does little else
 * than to load: texels.ts tells what loads cost there, and recorder.copyIntoTexels what copies do.
 *
 * @param label the operation that it is for.
 * @param tensor whole vec4s of float32.
 * @param layout default: as it is.
 */
export function texelCopy(
  recorder: Recorder,
  label: string,
  tensor: Tensor,
  { shape, pieces }: Layout = { shape: tensor.shape, pieces: piecesOf(tensor.bytes / VECTOR_BYTES) },
): Tensor {
  const copy = recorder.temporary(`${label}.texels`, shape, 'f32', 'texels');
  recorder.copyIntoTexels(`${label}.texels`, tensor, copy, pieces);
  return copy;
}

/** The pieces of a copy of so many vec4s that lie together: whole rows of texels, and what is left. */
export function piecesOf(vectors: number): Piece[] {
  const pitch = TEXEL_COLUMNS * VECTOR_BYTES;
  const rows = Math.floor(vectors / TEXEL_COLUMNS);
  const rest = vectors % TEXEL_COLUMNS;
  return [
    ...(rows > 0 ? [{ offset: 0, pitch, columns: TEXEL_COLUMNS, rows, row: 0 }] : []),
    ...(rest > 0 ? [{ offset: rows * pitch, pitch, columns: rest, rows: 1, row: rows }] : []),
  ];
}
