import { disposedError, GpuError, ValidationError } from './errors.js';
import { BufferUsage, MapMode } from './flags.js';
import { guard } from './guard.js';
import type { DeviceLoss } from './loss.js';
import type { MemoryLedger } from './memory.js';
import { type Storage, type Tensor, VECTOR_BYTES } from './tensor.js';
import { texelGrid } from './texels.js';

/** Whose tensors are read: a Gpu. */
interface Owner {
  readonly device: GPUDevice;
  readonly memory: MemoryLedger;
  readonly loss: DeviceLoss;
  readonly isDisposed: boolean;
  check(operation: string): void;
}

/**
 * Copies tensors to the host through a pool of staging buffers. A read waits for the work submitted before it
 * and holds up nothing submitted after it, so that a loop may look at an old value while new work runs.
 */
export class Readback {
  private readonly idle = new Map<number, GPUBuffer[]>();
  private readonly all = new Set<GPUBuffer>();
  constructor(private readonly owner: Owner) {}

  /**
   * @throws ValidationError when the tensor has no memory or is no float32; DeviceLostError; another GpuError where the
   *   device refused the tensor's memory, or all was disposed of meanwhile.
   */
  async read(tensor: Tensor): Promise<Float32Array> {
    const { storage } = tensor;
    const operation = `Reading ${tensor}`;
    const { owner } = this;
    const { device } = owner;
    owner.check(operation);
    if (!storage.made) throw new ValidationError(operation, 'it has no memory: freeze first.');
    if (tensor.dtype !== 'f32')
      throw new ValidationError(operation, `it holds ${tensor.dtype}: copy it to f32 first.`);
    const { value, refused } = guard(device, operation, () => {
      const staging = this.take(storage.form === 'texels' ? wholeRows(storage) : tensor.bytes);
      const encoder = device.createCommandEncoder({ label: 'readback' });
      copyOut(encoder, tensor, staging);
      device.queue.submit([encoder.finish()]);
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
    if (owner.isDisposed) throw disposedError(operation);
    const refusal = refusals.find((error) => error !== undefined);
    if (refusal || mapping) {
      this.forget(staging);
      await owner.loss.settled();
      owner.check(operation);
      throw refusal ?? new GpuError(operation, 'internal', messageOf(mapping!.error));
    }
    const copy = new Float32Array(staging.getMappedRange(0, tensor.bytes).slice(0));
    staging.unmap();
    this.idle.get(staging.size)?.push(staging);
    return copy;
  }

  dispose(): void {
    for (const buffer of this.all) {
      this.owner.memory.remove(buffer.size);
      buffer.destroy();
    }
    this.all.clear();
    this.idle.clear();
  }

  /** A buffer that something went wrong with is not used again. */
  private forget(staging: GPUBuffer): void {
    if (!this.all.delete(staging)) return;
    this.owner.memory.remove(staging.size);
    staging.destroy();
  }

  /** A staging buffer of at least `bytes`, in sizes of powers of two so that few are ever made. */
  private take(bytes: number): GPUBuffer {
    const size = 2 ** Math.ceil(Math.log2(Math.max(256, bytes)));
    let pool = this.idle.get(size);
    if (!pool) this.idle.set(size, (pool = []));
    const reused = pool.pop();
    if (reused) return reused;
    const buffer = this.owner.device.createBuffer({
      label: 'staging',
      size,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    this.all.add(buffer);
    this.owner.memory.add(size);
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
