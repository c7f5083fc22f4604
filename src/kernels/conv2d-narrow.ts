import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { ceilDiv } from '../gpu/workgroups.js';
import type { Conv3x3, Filter3x3 } from './conv2d-filter.js';
import { NARROW_LANES, NARROW_PIXELS } from './conv2d-geometry.js';

/** Rows that a workgroup makes: a subgroup four an invocation, and invocations that load for themselves one each. */
const ROWS = 4;
const LANES_ROWS = 8;

/** Vectors of four weights to an outer channel; invocations of a workgroup that packs them. */
const OUTER_VECTORS = 8;
const PACK_WORKGROUP = 64;

/** Inner channels that there is room for. */
const SLOTS = 3;

const SHADERS = {
  subgroups: { forward: 'conv2d_narrow_in', adjoint: 'conv2d_narrow_out', rows: ROWS },
  lanes: { forward: 'conv2d_narrow_in_lanes', adjoint: 'conv2d_narrow_out_lanes', rows: LANES_ROWS },
} as const;

/**
 * Records the 3×3 convolution of x into y where one side has at most three channels: the input of a forward pass, or,
 * with an adjoint filter, the output of a gradient to the input. Wants subgroups of NARROW_LANES and rows of whole vectors.
 */
export function conv2dNarrow(recorder: Recorder, call: Conv3x3): void {
  narrow(recorder, call, 'subgroups');
}

/** The same by invocations that load for themselves, for GPUs. Wants rows of whole vectors. */
export function conv2dNarrowLanes(recorder: Recorder, call: Conv3x3): void {
  narrow(recorder, call, 'lanes');
}

function narrow(
  recorder: Recorder,
  { label, x, filter, y, accumulate, flops }: Conv3x3,
  kind: keyof typeof SHADERS,
): void {
  const { forward, adjoint: backward, rows } = SHADERS[kind];
  const { adjoint, batch, inputChannels, outputChannels, height, width } = filter;
  const outer = adjoint ? inputChannels : outputChannels;
  const weights = pack(recorder, filter, outer);
  const vectors = width / NARROW_PIXELS;
  const sizes = [inputChannels, outputChannels, height, vectors];
  recorder.dispatch({
    label,
    shader: adjoint ? backward : forward,
    constants: { BINDING_VECTORS: outer * OUTER_VECTORS },
    ...(adjoint ? {} : { types: { In: x.dtype, In4: wgslType(x.dtype, 4), Out4: wgslType(y.dtype, 4) } }),
    bindings: [
      read(x),
      read(x),
      uniform(weights),
      uniform(recorder.parameters('conv2d.sizes', adjoint ? [...sizes, accumulate ? 1 : 0, rows] : sizes)),
      accumulate ? update(y) : write(y),
    ],
    workgroups: [ceilDiv(vectors, NARROW_LANES), ceilDiv(height, rows), batch],
    flops,
  });
}

function pack(recorder: Recorder, filter: Filter3x3, outer: number): Tensor {
  const { weights, bias, adjoint, inputChannels, outputChannels } = filter;
  const sources: [Tensor, ...Tensor[]] = bias ? [weights, bias] : [weights];
  const size = outer * OUTER_VECTORS * 4;
  const inner = adjoint ? outputChannels : inputChannels;
  const sizes = [outer, inner, adjoint ? 1 : 0, bias ? 1 : 0, SLOTS];
  return recorder.prepared(sources, `narrow${adjoint ? '.adjoint' : ''}`, [size], (packed) =>
    recorder.dispatch({
      label: 'conv2d.pack',
      shader: 'conv2d_narrow_pack',
      bindings: [
        read(weights),
        read(bias ?? weights),
        uniform(recorder.parameters('conv2d.sizes', sizes)),
        write(packed),
      ],
      workgroups: [ceilDiv(outer, PACK_WORKGROUP), 1, 1],
    }),
  );
}
