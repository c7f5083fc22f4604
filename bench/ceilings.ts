import type { Gpu } from '../src/gpu/gpu.js';
import { copyProbes } from './copies.js';
import { fmaProbes } from './fma.js';
import { measureDispatch, measureSubmit } from './latency.js';
import { loadProbes } from './loads.js';
import { measurePeak, type Peak, type Probe } from './probe.js';

/** What an adapter can do, as measured. */
export interface Ceilings {
  /** Float32 operations, a fused multiply-add counted as two. */
  f32: Peak;
  /** Float16 operations, likewise; absent where the device has no shader-f16. */
  f16?: Peak;
  /** Bytes of a copy from memory to memory, the read and the write both counted. */
  bandwidth: Peak;
  /** Bytes loaded by shaders from the nearest cache, in vectors of four numbers; absent from older files. */
  loads?: Peak;
  /** One more dispatch in a pass. */
  dispatchMicroseconds: number;
  /** A submission of nothing. */
  submitMicroseconds: number;
}

/**
 * Measures them in a few seconds.
 *
 * @throws the signal's reason once that is aborted.
 */
export async function measureCeilings(gpu: Gpu, signal?: AbortSignal): Promise<Ceilings> {
  const peak = async (probes: Promise<Probe[]>) => measurePeak(await probes, signal);
  const f32 = await peak(fmaProbes(gpu, 'f32'));
  const hasHalf = gpu.device.features.has('shader-f16');
  const f16 = hasHalf ? await peak(fmaProbes(gpu, 'f16')) : undefined;
  return {
    f32,
    ...(f16 && { f16 }),
    bandwidth: await peak(copyProbes(gpu)),
    loads: await peak(loadProbes(gpu)),
    dispatchMicroseconds: await measureDispatch(gpu),
    submitMicroseconds: await measureSubmit(gpu),
  };
}
