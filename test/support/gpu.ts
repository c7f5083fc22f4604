import { afterAll, beforeAll } from 'vitest';
import type { Shape, Tensor } from '../../src/gpu/tensor.js';
import { Gpu } from '../../src/gpu/gpu.js';
import { Recorder } from '../../src/gpu/recorder.js';
import { openWebGpu } from './webgpu.js';

export { inBrowser } from './webgpu.js';

/** A device for a test file: opened before its first test, given back after its last. Call at the top level. */
export function useGpu(): () => Gpu {
  return useDevice((entry) => Gpu.request(entry));
}

/** Likewise, a device with no optional feature and no limit but the defaults. */
export function usePlainGpu(): () => Gpu {
  return useDevice(async (entry) => {
    const adapter = await entry.requestAdapter();
    return Gpu.adopt(await adapter!.requestDevice());
  });
}

/**
 * Likewise, with the kernels that a GPU would take on its own, but Winograd's wherever these can be: this machine's
 * device under a GPU's name.
 */
export function useGpuKernels(): () => Gpu {
  return useDevice(async (entry) => {
    const gpu = await Gpu.request(entry);
    const facts = { ...gpu.facts, software: false, subgroupSize: undefined, quickTexels: false };
    Object.assign(gpu, { facts });
    gpu.variants.prefer('winograd-tiled');
    return gpu;
  });
}

function useDevice(open: (entry: GPU) => Promise<Gpu>): () => Gpu {
  let gpu: Gpu | undefined;
  let close: (() => void) | undefined;
  beforeAll(async () => {
    const webgpu = await openWebGpu();
    close = () => webgpu.close();
    gpu = await open(webgpu.gpu);
  });
  afterAll(() => {
    gpu?.dispose();
    gpu?.device.destroy();
    close?.();
  });
  return () => {
    if (!gpu) throw new Error('the device is there only while tests run');
    return gpu;
  };
}

/** Records, freezes, runs and reads in one go. `record` gets the inputs as tensors and returns what to read. */
export async function evaluate(
  gpu: Gpu,
  inputs: readonly { data: Float32Array; shape: Shape }[],
  record: (recorder: Recorder, ...tensors: Tensor[]) => readonly Tensor[] | Tensor,
): Promise<Float32Array[]> {
  const recorder = new Recorder(gpu, 'test');
  const tensors = inputs.map(({ data, shape }, i) => gpu.tensor(`input ${i}`, shape, data));
  const recorded = record(recorder, ...tensors);
  const outputs = Array.isArray(recorded) ? (recorded as readonly Tensor[]) : [recorded as Tensor];
  const program = await recorder.freeze(outputs);
  try {
    program.run();
    return await Promise.all(outputs.map((output) => gpu.read(output)));
  } finally {
    program.dispose();
    tensors.forEach((tensor) => gpu.free(tensor));
  }
}
