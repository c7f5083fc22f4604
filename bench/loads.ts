import { read, uniform, write } from '../src/gpu/dispatch.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { Recorder } from '../src/gpu/recorder.js';
import { type Tensor, VECTOR_BYTES } from '../src/gpu/tensor.js';
import { enough, type Probe, programProbe } from './probe.js';

/** Where shaders find what they load. Which of these is fast decides where kernels are to keep things. */
export const PLACES = ['a storage buffer', 'texels', 'a uniform buffer', 'workgroup memory'] as const;
export type Place = (typeof PLACES)[number];

/** As in shaders/parts/loads.wgsl: vectors that each invocation loads once, 8 KiB, and invocations of a workgroup. */
const COUNT = 512;
const WIDTH = 256;

const FEWEST_GROUPS = 16;
const MOST_GROUPS = 2 ** 15;

/** Vectors of four numbers loaded from each place, out of the nearest cache, as probes for the caller to dispose. */
export async function loadProbes(gpu: Gpu): Promise<Probe[]> {
  const groups = await enough((count) => loadProbe(gpu, PLACES[0], count), FEWEST_GROUPS, MOST_GROUPS);
  return Promise.all(PLACES.map((place) => loadProbe(gpu, place, groups)));
}

async function loadProbe(gpu: Gpu, place: Place, groups: number): Promise<Probe> {
  const x = gpu.constant('loaded', [COUNT * 4], new Float32Array(COUNT * 4).fill(1));
  const recorder = new Recorder(gpu, 'loads');
  recordLoads(recorder, x, place, groups);
  const work = groups * WIDTH * COUNT * VECTOR_BYTES;
  return programProbe(`from ${place}`, work, await recorder.freeze(), () => gpu.free(x));
}

/**
 * Records one dispatch in which each invocation adds up all vectors of x.
 *
 * @param x 512 vectors of four numbers; a constant, if they are to be loaded from texels, for which it is copied once.
 * @param groups of 256 invocations.
 * @returns the sums, [256 · groups, 4].
 */
export function recordLoads(recorder: Recorder, x: Tensor, place: Place, groups: number): Tensor {
  const totals = recorder.temporary('totals', [groups * WIDTH, 4]);
  const call = { label: 'loads', workgroups: [groups, 1, 1] as const };
  switch (place) {
    case 'a storage buffer':
      recorder.dispatch({ ...call, shader: 'bench_loads', bindings: [read(x), write(totals)] });
      break;
    case 'texels':
      recorder.dispatch({
        ...call,
        shader: 'bench_loads',
        bindings: [read(inTexels(recorder, x)), write(totals)],
      });
      break;
    case 'a uniform buffer':
      recorder.dispatch({ ...call, shader: 'bench_loads_uniform', bindings: [uniform(x), write(totals)] });
      break;
    case 'workgroup memory':
      recorder.dispatch({ ...call, shader: 'bench_loads_workgroup', bindings: [read(x), write(totals)] });
      break;
  }
  return totals;
}

function inTexels(recorder: Recorder, x: Tensor): Tensor {
  const record = (texels: Tensor) =>
    recorder.dispatch({
      label: 'copy',
      shader: 'bench_copy',
      constants: { COUNT },
      bindings: [read(x), write(texels)],
      workgroups: [COUNT / WIDTH, 1, 1],
    });
  return recorder.prepared([x], 'texels', x.shape, record, 'texels');
}
