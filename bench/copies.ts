import { read, write } from '../src/gpu/dispatch.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { Recorder } from '../src/gpu/recorder.js';
import { F32_BYTES, type Tensor } from '../src/gpu/tensor.js';
import { linearGrid } from '../src/gpu/workgroups.js';
import { type Probe, programProbe } from './probe.js';
import { timed } from './timing.js';

/**
 * Beyond the largest caches of today's GPUs (NVIDIA's H200 has 50 MiB), and within WebGPU's guaranteed binding. Software
 * adapters take their time over it, and have smaller caches.
 */
const COPY_BYTES = { gpu: 2 ** 27, software: 2 ** 26 };

/** Long enough that a submission does not show beside copies that have no timestamps. */
const ENOUGH_MS = 10;
const MOST_COPIES = 256;

/**
 * Two ways to copy, by a shader and by the queue, as probes for the caller to dispose: on a processor that plays the
 * GPU, shaders read memory far slower than it could be read.
 */
export async function copyProbes(
  gpu: Gpu,
  mostBytes = COPY_BYTES[gpu.facts.software ? 'software' : 'gpu'],
): Promise<Probe[]> {
  const bytes = Math.min(mostBytes, gpu.limits.maxStorageBufferBindingSize);
  return [await shaderCopy(gpu, bytes), await queueCopy(gpu, bytes)];
}

async function shaderCopy(gpu: Gpu, bytes: number): Promise<Probe> {
  const { x, y, free } = buffers(gpu, bytes);
  const recorder = new Recorder(gpu, 'copy');
  const count = x.size / 4;
  recorder.dispatch({
    label: 'copy',
    shader: 'bench_copy',
    constants: { COUNT: count },
    bindings: [read(x), write(y)],
    workgroups: linearGrid(count),
  });
  return programProbe('by a shader', 2 * bytes, await recorder.freeze(), free);
}

/** Copies between passes have no timestamps, so as many as take long enough are timed by the host's clock. */
async function queueCopy(gpu: Gpu, bytes: number): Promise<Probe> {
  const { x, y, free } = buffers(gpu, bytes);
  const copy = (count: number) =>
    timed(
      gpu.device,
      () => undefined,
      () => {
        const encoder = gpu.device.createCommandEncoder({ label: 'copies' });
        for (let i = 0; i < count; i++) {
          encoder.copyBufferToBuffer(x.storage.buffer!, 0, y.storage.buffer!, 0, x.bytes);
        }
        gpu.device.queue.submit([encoder.finish()]);
      },
    );
  await copy(1);
  let count = 1;
  while (count < MOST_COPIES && (await copy(count)) < ENOUGH_MS) count *= 2;
  return { form: 'by the queue', work: 2 * bytes * count, run: () => copy(count), dispose: free };
}

function buffers(gpu: Gpu, bytes: number): { x: Tensor; y: Tensor; free: () => void } {
  const x = gpu.tensor('x', [bytes / F32_BYTES]);
  const y = gpu.tensor('y', [bytes / F32_BYTES]);
  const free = () => {
    gpu.free(x);
    gpu.free(y);
  };
  return { x, y, free };
}
