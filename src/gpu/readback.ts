import { GpuError } from './errors.js';
import { BufferUsage, MapMode } from './flags.js';
import type { MemoryLedger } from './memory.js';
import type { Tensor } from './tensor.js';

/**
 * Copies tensors to the host through a pool of staging buffers. A read waits for the work submitted before it
 * and holds up nothing submitted after it, so that a loop may look at an old value while new work runs.
 */
export class Readback {
  private readonly idle = new Map<number, GPUBuffer[]>();
  private readonly all = new Set<GPUBuffer>();

  constructor(
    private readonly device: GPUDevice,
    private readonly memory: MemoryLedger,
  ) {}

  /** @throws GpuError when the tensor has no memory or is no float32, or the device is lost or destroyed meanwhile. */
  async read(tensor: Tensor): Promise<Float32Array> {
    const source = tensor.storage.buffer;
    if (!source)
      throw new GpuError('Reading a tensor', 'validation', `${tensor} has no memory: freeze first.`);
    if (tensor.dtype !== 'f32')
      throw new GpuError(
        'Reading a tensor',
        'validation',
        `${tensor} holds ${tensor.dtype}: copy it to f32 first.`,
      );
    const staging = this.take(tensor.bytes);
    const encoder = this.device.createCommandEncoder({ label: 'readback' });
    encoder.copyBufferToBuffer(source, tensor.offset, staging, 0, tensor.bytes);
    this.device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(MapMode.READ, 0, tensor.bytes);
    } catch (error) {
      throw new GpuError(
        `Reading ${tensor}`,
        'device-lost',
        error instanceof Error ? error.message : String(error),
      );
    }
    const copy = new Float32Array(staging.getMappedRange(0, tensor.bytes).slice(0));
    staging.unmap();
    this.idle.get(staging.size)?.push(staging);
    return copy;
  }

  dispose(): void {
    for (const buffer of this.all) {
      this.memory.remove(buffer.size);
      buffer.destroy();
    }
    this.all.clear();
    this.idle.clear();
  }

  /** A staging buffer of at least `bytes`, in sizes of powers of two so that few are ever made. */
  private take(bytes: number): GPUBuffer {
    const size = 2 ** Math.ceil(Math.log2(Math.max(256, bytes)));
    let pool = this.idle.get(size);
    if (!pool) this.idle.set(size, (pool = []));
    const reused = pool.pop();
    if (reused) return reused;
    const buffer = this.device.createBuffer({
      label: 'staging',
      size,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    this.all.add(buffer);
    this.memory.add(size);
    return buffer;
  }
}
