import { read, write } from '../src/gpu/dispatch.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { Recorder } from '../src/gpu/recorder.js';
import { isHalf } from '../src/gpu/wgsl-types.js';
import { MAX_WORKGROUPS_PER_AXIS } from '../src/gpu/workgroups.js';
import { enough, type Probe, programProbe } from './probe.js';

/** Chains of multiply-adds: of numbers or vectors, so many side by side, in workgroups of so many invocations. */
interface FmaForm {
  type: 'f32' | 'vec4f' | 'vec2h' | 'vec4h';
  chains: number;
  width: number;
}

export type Precision = 'f32' | 'f16';

/** Which shape of code gets the most out of an adapter is not known beforehand: all of these are tried. */
const TYPES = {
  f32: [
    ['f32', [4, 8, 16]],
    ['vec4f', [1, 2, 4]],
  ],
  f16: [
    ['vec2h', [2, 4, 8]],
    ['vec4h', [1, 2, 4]],
  ],
} as const;
const WIDTHS = [64, 256];
const LANES = { f32: 1, vec4f: 4, vec2h: 2, vec4h: 4 } as const;

const ROUNDS = 32;
/** Multiply-adds of an invocation that are written out in each round: a loop's own cost would show, too long code too. */
const FMAS_A_ROUND = 128;
const FLOPS_AN_INVOCATION = 2 * ROUNDS * FMAS_A_ROUND;
const FEWEST_INVOCATIONS = 2 ** 13;
/** What the narrowest workgroups can do in one dimension. */
const MOST_INVOCATIONS = 64 * (MAX_WORKGROUPS_PER_AXIS + 1 - 256);

/** All forms with enough to do for this adapter, or the one called `only`, as probes for the caller to dispose. */
export async function fmaProbes(gpu: Gpu, precision: Precision, only?: string): Promise<Probe[]> {
  const forms = TYPES[precision]
    .flatMap(([type, counts]) =>
      counts.flatMap((chains) => WIDTHS.map((width): FmaForm => ({ type, chains, width }))),
    )
    .filter((form) => only === undefined || nameOf(form) === only);
  const make = (count: number) => fmaProbe(gpu, forms[0]!, count);
  const invocations = await enough(make, FEWEST_INVOCATIONS, MOST_INVOCATIONS);
  return Promise.all(forms.map((form) => fmaProbe(gpu, form, invocations)));
}

function nameOf({ type, chains, width }: FmaForm): string {
  return `${type}, ${chains} chain${chains === 1 ? '' : 's'}, workgroups of ${width}`;
}

async function fmaProbe(gpu: Gpu, form: FmaForm, invocations: number): Promise<Probe> {
  const { type, chains, width } = form;
  const dtype = isHalf(type) ? 'f16' : 'f32';
  const factors = gpu.tensor('factors', [2], Float32Array.of(0.5, 1));
  const recorder = new Recorder(gpu, 'fma');
  recorder.dispatch({
    label: 'fma',
    shader: 'bench_fma',
    constants: {
      ROUNDS,
      WIDTH: width,
      CHAINS: chains,
      STEPS: FMAS_A_ROUND / (LANES[type] * chains),
    },
    types: { Number: dtype, Sum: type },
    bindings: [read(factors), write(recorder.temporary('totals', [invocations * LANES[type]], dtype))],
    workgroups: [invocations / width, 1, 1],
  });
  const work = invocations * FLOPS_AN_INVOCATION;
  return programProbe(nameOf(form), work, await recorder.freeze(), () => gpu.free(factors));
}
