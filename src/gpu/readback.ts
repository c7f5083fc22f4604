import { disposedError, GpuError, ValidationError } from './errors.js';
import { BufferUsage, MapMode } from './flags.js';
import { guard } from './guard.js';
import type { DeviceLoss } from './loss.js';
import type { MemoryLedger } from './memory.js';
import { type Storage, type Tensor, VECTOR_BYTES } from './tensor.js';
import { texelGrid } from './texels.js';

/**
 * Copies tensors to the host through a pool of staging buffers. A read waits for the work submitted before it
 * and holds up nothing submitted after it, so that a loop may look at an old value while new work runs.
 */
export class Readback {
  private readonly idle = new Map<number, GPUBuffer[]>();
  private readonly all = new Set<GPUBuffer>();
  private disposed = false;

  constructor(
    private readonly device: GPUDevice,
    private readonly memory: MemoryLedger,
    private readonly loss: DeviceLoss,
  ) {}

  /**
   * @throws ValidationError when the tensor has no memory or is no float32; DeviceLostError; another GpuError where the
   *   device refused the tensor's memory, or all was disposed of meanwhile.
   */
  async read(tensor: Tensor): Promise<Float32Array> {
    const { storage } = tensor;
    const operation = `Reading ${tensor}`;
    this.check(operation);
    if (!storage.made) throw new ValidationError(operation, 'it has no memory: freeze first.');
    if (tensor.dtype !== 'f32')
      throw new ValidationError(operation, `it holds ${tensor.dtype}: copy it to f32 first.`);
    const { value, refused } = guard(this.device, operation, () => {
      const staging = this.take(storage.form === 'texels' ? wholeRows(storage) : tensor.bytes);
      const encoder = this.device.createCommandEncoder({ label: 'readback' });
      copyOut(encoder, tensor, staging);
      this.device.queue.submit([encoder.finish()]);
      return { staging, mapped: staging.mapAsync(MapMode.READ, 0, tensor.bytes) };
    });
    const { staging, mapped } = value;
    const [mapping, ...refusals] = await Promise.all([
      mapped.then(
        () => undefined,
        (error: unknown) => ({ error }),
      ),
      tensor.storage.refused,
      refused,
    ]);
    if (this.disposed) throw disposedError(operation);
    const refusal = refusals.find((error) => error !== undefined);
    if (refusal || mapping) {
      this.forget(staging);
      await this.loss.settled();
      this.check(operation);
      throw refusal ?? new GpuError(operation, 'internal', messageOf(mapping!.error));
    }
    const copy = new Float32Array(staging.getMappedRange(0, tensor.bytes).slice(0));
    staging.unmap();
    this.idle.get(staging.size)?.push(staging);
    return copy;
  }

  dispose(): void {
    this.disposed = true;
    for (const buffer of this.all) {
      this.memory.remove(buffer.size);
      buffer.destroy();
    }
    this.all.clear();
    this.idle.clear();
  }

  private check(operation: string): void {
    if (this.disposed) throw disposedError(operation);
    this.loss.check(operation);
  }

  /** A buffer that something went wrong with is not used again. */
  private forget(staging: GPUBuffer): void {
    if (!this.all.delete(staging)) return;
    this.memory.remove(staging.size);
    staging.destroy();
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

/** What the rows take that its texels lie in. */
function wholeRows({ bytes }: Storage): number {
  const { columns, rows } = texelGrid(bytes);
  return columns * rows * VECTOR_BYTES;
}

function copyOut(encoder: GPUCommandEncoder, { storage, offset, bytes }: Tensor, staging: GPUBuffer): void {
  if (storage.buffer) encoder.copyBufferToBuffer(storage.buffer, offset, staging, 0, bytes);
  if (storage.texels) {
    const { columns, rows } = texelGrid(storage.bytes);
    const to = { buffer: staging, bytesPerRow: columns * VECTOR_BYTES };
    encoder.copyTextureToBuffer({ texture: storage.texels.texture }, to, [columns, rows]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
