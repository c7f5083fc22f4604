import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import { axpy } from './axpy.js';
import { crop } from './crop.js';
import { BROADCAST_LANES } from './gram-plan.js';
import type { Symmetric } from './gram-symmetric.js';
import { padRows } from './pad-rows.js';
import { forTexelStrips } from './texel-strips.js';

/** What is to be made: s·f, with s symmetric. */
export interface Product {
  /** m × k, whole or half. */
  f: Tensor;
  /** s, m × m, to be had as each way wants it. */
  symmetric: Symmetric;
  /** m × k, to add to; without it, new memory. */
  into: Tensor | undefined;
  flops: number;
}

const LABEL = 'gram.dInput';

/** Rows of the result that a workgroup of gramBackwardBroadcast makes. */
const BROADCAST_ROWS = 64;

/** Rows and columns of the result that a workgroup of gramBackwardTiled makes. */
const TILED_SIDE = 64;

/** By blocks staged in workgroup memory. */
export function gramBackwardTiled(recorder: Recorder, product: Product): Tensor {
  const { f, symmetric, flops } = product;
  const m = f.shape[0]!;
  const s = symmetric(TILED_SIDE);
  const width = s.shape[1]!;
  return byVectors(recorder, product, (padded, df, accumulate) => {
    const k = padded.shape[1]!;
    const [across, fold] = linearGrid(k, TILED_SIDE);
    recorder.dispatch({
      label: LABEL,
      shader: 'gram_backward_tiled',
      constants: { M: m, K4: k / 4, WIDTH4: width / 4, ACCUMULATE: accumulate ? 1 : 0 },
      types: { Four: wgslType(f.dtype, 4) },
      bindings: [read(padded), read(s), accumulate ? update(df) : write(df)],
      workgroups: [across, width / TILED_SIDE, fold],
      flops,
    });
  });
}

/** By invocations that share nothing. */
export function gramBackwardLanes(recorder: Recorder, { f, symmetric, into, flops }: Product): Tensor {
  const [m, k] = f.shape as [number, number];
  const df = into ?? recorder.temporary(LABEL, f.shape);
  const s = symmetric(16);
  const padded = padRows(recorder, f, 4);
  const k4 = padded.shape[1]! / 4;
  const width = s.shape[1]!;
  recorder.dispatch({
    label: LABEL,
    shader: 'gram_backward_lanes',
    constants: { M: m, K: k, K4: k4, WIDTH4: width / 4, ACCUMULATE: into ? 1 : 0 },
    types: { Four: wgslType(f.dtype, 4) },
    bindings: [read(padded), read(s), into ? update(df) : write(df)],
    workgroups: [ceilDiv(k4, 128), width / 16, 1],
    flops,
  });
  return df;
}

/** In gram_backward_texels.wgsl, how often it stores rows of a vec4, and how many fours at a time. */
const TEXEL_TURNS = 4;

/** Vec4s of a row that a workgroup of gramBackwardTexels makes. */
const TEXEL_VECTORS = 2 * BROADCAST_LANES;

/** The same in larger tiles, from texels. */
export function gramBackwardTexels(recorder: Recorder, product: Product): Tensor {
  const { f, symmetric, flops } = product;
  const [m, k] = f.shape as [number, number];
  const s = symmetric(BROADCAST_ROWS, 'texels');
  const width4 = s.shape[1]! / 4;
  return byVectors(recorder, product, (padded, df, accumulate) => {
    const k4 = padded.shape[1]! / 4;
    forTexelStrips(recorder, LABEL, padded, ({ first, count, width, texels }) => {
      const numbers = [m, width, count, first, k4, width4, accumulate ? 1 : 0, TEXEL_TURNS];
      const [across, fold] = linearGrid(count, TEXEL_VECTORS);
      recorder.dispatch({
        label: LABEL,
        shader: 'gram_backward_texels',
        bindings: [
          read(texels),
          read(s),
          uniform(recorder.parameters('gram.sizes', numbers)),
          accumulate || first > 0 ? update(df) : write(df),
        ],
        workgroups: [(4 * width4) / BROADCAST_ROWS, across, fold],
        flops: (4 * flops * count) / k,
      });
    });
  });
}

/** By subgroups whose lanes hand round what they load. Only for subgroups of BROADCAST_LANES. */
export function gramBackwardBroadcast(recorder: Recorder, product: Product): Tensor {
  const { f, symmetric, flops } = product;
  const m = f.shape[0]!;
  const s = symmetric(BROADCAST_ROWS, 'texels');
  const width = s.shape[1]!;
  return byVectors(recorder, product, (padded, df, accumulate) => {
    const k4 = padded.shape[1]! / 4;
    const numbers = [m, k4, width / 4, accumulate ? 1 : 0, BROADCAST_ROWS];
    const [across, fold] = linearGrid(k4, BROADCAST_LANES);
    recorder.dispatch({
      label: LABEL,
      shader: 'gram_backward_broadcast',
      types: { Four: wgslType(f.dtype, 4) },
      bindings: [
        read(padded),
        read(s),
        uniform(recorder.parameters('gram.sizes', numbers)),
        accumulate ? update(df) : write(df),
      ],
      workgroups: [width / BROADCAST_ROWS, across, fold],
      flops,
    });
  });
}

/**
 * For shaders that read and write whole vectors: f with its rows lengthened to such, and df, where they add to what is
 * there or write beside it if its rows are none.
 */
function byVectors(
  recorder: Recorder,
  { f, into }: Product,
  record: (padded: Tensor, df: Tensor, accumulate: boolean) => void,
): Tensor {
  const [m, k] = f.shape as [number, number];
  const padded = padRows(recorder, f, 4);
  const beside = padded !== f;
  const accumulate = into !== undefined && !beside;
  const df = accumulate ? into : recorder.temporary(LABEL, padded.shape);
  record(padded, df, accumulate);
  if (!beside) return df;
  const rows = crop(recorder, df.view([1, m, 1, padded.shape[1]!]), { top: 0, left: 0, height: 1, width: k });
  if (!into) return rows.view(f.shape);
  axpy(recorder, 1, rows.view(f.shape), into);
  return into;
}
