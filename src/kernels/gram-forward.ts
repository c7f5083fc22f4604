import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { ceilDiv } from '../gpu/workgroups.js';
import { BROADCAST_LANES, type GramPlan } from './gram-plan.js';
import { forTexelStrips } from './texel-strips.js';

/** What is to be made: f·fᵀ, on and above the diagonal. */
export interface Square {
  /** m × k, k a multiple of 4; whole or half. */
  f: Tensor;
  plan: GramPlan;
  /** To be written: a matrix m × m for each of the plan's slices. */
  target: Tensor;
  scale: number;
  /** Whether what is below the diagonal is to be written too. */
  mirror: boolean;
  flops: number;
}

const LABEL = 'gram';

/** In gram_texels.wgsl, registers that hold a tile's rows, and numbers of a vec4: loops that the compiler is not to unroll. */
const TEXEL_LOOPS = [8, 4] as const;

/** By blocks staged in workgroup memory. */
export function gramTiled(recorder: Recorder, square: Square): void {
  bySlices(recorder, square, 'gram_tiled');
}

/** By invocations that share nothing. */
export function gramLanes(recorder: Recorder, square: Square): void {
  bySlices(recorder, square, 'gram_lanes');
}

function bySlices(recorder: Recorder, square: Square, shader: 'gram_lanes' | 'gram_tiled'): void {
  const { f, plan, target, scale, mirror, flops } = square;
  const [m, k] = f.shape as [number, number];
  recorder.dispatch({
    label: LABEL,
    shader,
    constants: { M: m, SCALE: scale, MIRROR: mirror ? 1 : 0, K4: k / 4, SLICE4: plan.slice / 4 },
    types: { Four: wgslType(f.dtype, 4) },
    bindings: [read(f), write(target)],
    workgroups: plan.workgroups,
    flops,
  });
}

/** By subgroups whose lanes hand round what they load. Only for subgroups of BROADCAST_LANES. */
export function gramBroadcast(recorder: Recorder, { f, plan, target, scale, mirror, flops }: Square): void {
  const [m, k] = f.shape as [number, number];
  const numbers = [m, k / 4, plan.slice / 4, scale, mirror ? 1 : 0, 16 * BROADCAST_LANES];
  recorder.dispatch({
    label: LABEL,
    shader: 'gram_broadcast',
    types: { Four: wgslType(f.dtype, 4) },
    bindings: [read(f), uniform(recorder.parameters('gram.sizes', numbers)), write(target)],
    workgroups: plan.workgroups,
    flops,
  });
}

/** The same in larger tiles, from texels. */
export function gramTexels(recorder: Recorder, { f, plan, target, scale, mirror, flops }: Square): void {
  const [m, k] = f.shape as [number, number];
  const slice4 = plan.slice / 4;
  let done = 0;
  forTexelStrips(recorder, LABEL, f, ({ count, width, texels }) => {
    const slices = ceilDiv(count, slice4);
    const numbers = [m, width, count, slice4, done, scale, mirror ? 1 : 0, ...TEXEL_LOOPS];
    recorder.dispatch({
      label: LABEL,
      shader: 'gram_texels',
      bindings: [
        read(texels),
        uniform(recorder.parameters('gram.sizes', numbers)),
        done > 0 ? update(target) : write(target),
      ],
      workgroups: [plan.workgroups[0], plan.workgroups[1], slices],
      flops: (4 * flops * count) / k,
    });
    done += slices;
  });
}
