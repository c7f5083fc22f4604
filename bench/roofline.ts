import { read, write } from '../src/gpu/dispatch.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { Recorder } from '../src/gpu/recorder.js';
import { F32_BYTES, type Tensor } from '../src/gpu/tensor.js';
import { linearGrid, MAX_WORKGROUPS_PER_AXIS, WORKGROUP_SIZE } from '../src/gpu/workgroups.js';
import { median, timeProgram } from './time-program.js';

/** What an adapter can do, as measured: medians, as all that is held against them. */
export interface Roofline {
  /** Float32 operations a second, a fused multiply-add counted as two. */
  flops: number;
  /** Bytes a second of a copy from memory to memory, the read and the write both counted. */
  bandwidth: number;
}

const ROUNDS = 32;
/** An invocation of bench_fma.wgsl keeps 8 sums, and feeds each 64 times a round. */
const FLOPS_PER_ROUND = 2 * 8 * 64;
/** Long enough that starting a dispatch does not show. */
const ENOUGH_MS = 20;
/** Beyond the largest caches of today (NVIDIA's H200 has 50 MiB), and within WebGPU's guaranteed binding. */
const COPY_BYTES = 2 ** 27;
const COPY_REPEATS = 5;

export async function measureRoofline(gpu: Gpu): Promise<Roofline> {
  return { flops: await measureFlops(gpu), bandwidth: await measureBandwidth(gpu) };
}

/** Float32 operations a second. Doubles the work until it takes long enough, or the grid is as wide as it may be. */
export async function measureFlops(gpu: Gpu): Promise<number> {
  for (let groups = 64; ; groups *= 2) {
    const wide = Math.min(groups, MAX_WORKGROUPS_PER_AXIS);
    const milliseconds = await timeFma(gpu, wide);
    if (milliseconds < ENOUGH_MS && wide < MAX_WORKGROUPS_PER_AXIS) continue;
    return (1e3 * wide * WORKGROUP_SIZE * ROUNDS * FLOPS_PER_ROUND) / milliseconds;
  }
}

function timeFma(gpu: Gpu, groups: number): Promise<number> {
  return timed(gpu, (recorder) => {
    const factors = gpu.tensor('factors', [2], Float32Array.of(0.5, 1));
    recorder.dispatch({
      label: 'fma',
      shader: 'bench_fma',
      constants: { ROUNDS },
      bindings: [read(factors), write(recorder.temporary('sums', [groups * WORKGROUP_SIZE]))],
      workgroups: [groups, 1, 1],
    });
    return () => gpu.free(factors);
  });
}

/** The better of two ways to copy: on a CPU that plays the GPU, shaders read memory far slower than it could. */
async function measureBandwidth(gpu: Gpu): Promise<number> {
  const bytes = Math.min(COPY_BYTES, gpu.limits.maxStorageBufferBindingSize);
  const x = gpu.tensor('x', [bytes / F32_BYTES]);
  const y = gpu.tensor('y', [bytes / F32_BYTES]);
  try {
    const milliseconds = Math.min(await timeCopyShader(gpu, x, y), await timeBufferCopy(gpu, x, y));
    return (1e3 * 2 * bytes) / milliseconds;
  } finally {
    gpu.free(x);
    gpu.free(y);
  }
}

function timeCopyShader(gpu: Gpu, x: Tensor, y: Tensor): Promise<number> {
  return timed(gpu, (recorder) => {
    const count = x.size / 4;
    recorder.dispatch({
      label: 'copy',
      shader: 'bench_copy',
      constants: { COUNT: count },
      bindings: [read(x), write(y)],
      workgroups: linearGrid(count),
    });
    return () => undefined;
  });
}

/** Copies between passes have no timestamps, so many are timed by the host's clock. */
async function timeBufferCopy(gpu: Gpu, x: Tensor, y: Tensor): Promise<number> {
  for (let copies = 1; ; copies *= 2) {
    const milliseconds = await timeBufferCopies(gpu, x, y, copies);
    if (milliseconds < 5 * ENOUGH_MS) continue;
    const again = [milliseconds];
    while (again.length < COPY_REPEATS) again.push(await timeBufferCopies(gpu, x, y, copies));
    return median(again) / copies;
  }
}

async function timeBufferCopies({ device }: Gpu, x: Tensor, y: Tensor, copies: number): Promise<number> {
  await device.queue.onSubmittedWorkDone();
  const start = performance.now();
  const encoder = device.createCommandEncoder({ label: 'copies' });
  for (let i = 0; i < copies; i++) {
    encoder.copyBufferToBuffer(x.storage.buffer!, 0, y.storage.buffer!, 0, x.bytes);
  }
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

/** The milliseconds that what `record` records takes; it returns how to free what it made. */
async function timed(gpu: Gpu, record: (recorder: Recorder) => () => void): Promise<number> {
  const recorder = new Recorder(gpu, 'roofline');
  const free = record(recorder);
  const program = await recorder.freeze();
  try {
    return (await timeProgram(program)).dispatches;
  } finally {
    program.dispose();
    free();
  }
}
