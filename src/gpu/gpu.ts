import { adapterFacts, type AdapterFacts } from './facts.js';
import type { Step } from './dispatch.js';
import { disposedError, GpuError, LimitError, ValidationError } from './errors.js';
import { BufferUsage } from './flags.js';
import { megabytes } from './format.js';
import { guard } from './guard.js';
import { DeviceLoss } from './loss.js';
import { MemoryLedger } from './memory.js';
import { PipelineCache } from './pipelines.js';
import { Readback } from './readback.js';
import {
  elements,
  F32_BYTES,
  type Form,
  requireSizes,
  type Shape,
  Storage,
  Tensor,
  wholeVectors,
} from './tensor.js';
import { createTexels } from './texels.js';
import { VariantTable } from './variants.js';

/** Every tensor's buffer may be bound for reading, writing or as a uniform, and copied from and to. */
const TENSOR_USAGE = BufferUsage.STORAGE | BufferUsage.UNIFORM | BufferUsage.COPY_SRC | BufferUsage.COPY_DST;

/**
 * Where our own devices come from, for as long as somebody has the device, destroyed or not: Dawn in Node crashes if its
 * entry point is collected before, and a device does not keep that alive by itself.
 */
const entries = new WeakMap<GPUDevice, GPU>();

/**
 * A WebGPU device and what we keep for it: pipelines, memory, read-backs, and which kernel variants suit it.
 * It either adopts a device that somebody else owns, and then leaves it as it was found, or requests its own.
 */
export class Gpu {
  readonly facts: AdapterFacts;
  readonly pipelines: PipelineCache;
  readonly memory = new MemoryLedger();
  readonly variants = new VariantTable();
  readonly readback: Readback;
  /** Whether the device is lost. */
  readonly loss: DeviceLoss;
  /** Dispatches on constants alone, recorded but not yet run: the next program to be frozen runs them, once. */
  readonly pendingSetup = new Set<Step>();
  private disposed = false;
  private unit: Tensor | undefined;
  private nought: Tensor | undefined;
  private readonly residents = new Set<Storage>();
  private readonly derived = new WeakMap<Storage, Map<string, Tensor>>();
  /** Of what was prepared: takes it out of `derived`. */
  private readonly forgetters = new WeakMap<Storage, () => void>();

  private constructor(
    readonly device: GPUDevice,
    private readonly owned: boolean,
    info?: GPUAdapterInfo,
  ) {
    this.facts = adapterFacts(info ?? device.adapterInfo, device.features);
    this.loss = new DeviceLoss(device);
    this.pipelines = new PipelineCache(device, this.loss);
    this.readback = new Readback(this);
  }

  /** Works on a caller's device within the limits it was made with; `dispose` leaves the device alive. */
  static adopt(device: GPUDevice): Gpu {
    return new Gpu(device, false);
  }

  /**
   * Requests an adapter and a device with the adapter's own limits and the optional features we can use.
   *
   * @param entry the WebGPU entry point: `navigator.gpu` in a browser, Dawn's in Node.
   * @throws GpuError when there is no adapter.
   */
  static async request(entry: GPU, options: GPURequestAdapterOptions = {}): Promise<Gpu> {
    const adapter = await entry.requestAdapter({ powerPreference: 'high-performance', ...options });
    if (!adapter)
      throw new GpuError('Requesting a GPU', 'internal', 'WebGPU offers no adapter on this machine.');
    const wanted: GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];
    const { limits } = adapter;
    const device = await adapter.requestDevice({
      label: 'scumble',
      requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
      requiredLimits: {
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxUniformBufferBindingSize: limits.maxUniformBufferBindingSize,
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
      },
    });
    entries.set(device, entry);
    return new Gpu(device, true, adapter.info);
  }

  get limits(): GPUSupportedLimits {
    return this.device.limits;
  }

  /**
   * A tensor that lives until it is freed, zero-filled or holding `data` (float32, row-major).
   *
   * @throws ShapeError for sizes that are no whole numbers from 1; ValidationError for data of another length; LimitError.
   */
  tensor(label: string, shape: Shape, data?: Float32Array): Tensor {
    const tensor = this.zeros(label, shape, 'buffer');
    try {
      if (data) this.write(tensor, data);
      return tensor;
    } catch (error) {
      this.free(tensor);
      throw error;
    }
  }

  /** A zero-filled tensor that lives until it is freed. One in texels (see texels.ts) kernels alone write. */
  zeros(label: string, shape: Shape, form: Form): Tensor {
    // Before memory is taken for what turns out to be no tensor.
    requireSizes(label, shape);
    return new Tensor(this.allocate(label, elements(shape) * F32_BYTES, form), shape);
  }

  /** A resident tensor whose contents never change (weights), so that work on them alone is done only once. */
  constant(label: string, shape: Shape, data: Float32Array): Tensor {
    const tensor = this.tensor(label, shape, data);
    tensor.storage.frozen = true;
    return tensor;
  }

  /** The constant 1 as a scalar tensor: where every backward pass begins. */
  one(): Tensor {
    return (this.unit ??= this.constant('one', [], new Float32Array([1])));
  }

  /** The constant 0 as a scalar tensor: the loss of nothing. */
  zero(): Tensor {
    return (this.nought ??= this.constant('zero', [], new Float32Array([0])));
  }

  /** Writes float32 data into a tensor. The copy is queued before any work submitted later. */
  write(tensor: Tensor, data: Float32Array): void {
    if (data.length !== tensor.size) {
      throw new ValidationError(
        'Writing a tensor',
        `${tensor} takes ${tensor.size} numbers, not ${data.length}.`,
      );
    }
    if (tensor.dtype !== 'f32')
      throw new ValidationError(
        'Writing a tensor',
        `${tensor} holds ${tensor.dtype}; write an f32 and copy it.`,
      );
    const { buffer, form } = tensor.storage;
    if (form === 'texels')
      throw new ValidationError('Writing a tensor', `${tensor} lies in texels: kernels alone write it.`);
    if (!buffer) throw new ValidationError('Writing a tensor', `${tensor} has no memory yet: freeze first.`);
    const { refused } = guard(this.device, `Writing ${tensor}`, () =>
      this.device.queue.writeBuffer(buffer, tensor.offset, data.buffer, data.byteOffset, data.byteLength),
    );
    noteRefusal(tensor.storage, refused);
  }

  /** Copies a tensor to the host, after all work submitted so far. The queue goes on meanwhile. */
  read(tensor: Tensor): Promise<Float32Array> {
    return this.readback.read(tensor);
  }

  /** Frees a resident tensor's memory, and that of everything prepared from it. */
  free(tensor: Tensor): void {
    const { storage } = tensor;
    for (const prepared of this.derived.get(storage)?.values() ?? []) this.free(prepared);
    this.derived.delete(storage);
    // Recorded, never frozen: nobody is left to prepare for.
    for (const step of this.pendingSetup) {
      if (step.bindings.some(({ tensor: bound }) => bound.storage === storage))
        this.pendingSetup.delete(step);
    }
    if (this.residents.delete(storage)) this.release(storage);
  }

  /** Whether `dispose` has been called. */
  get isDisposed(): boolean {
    return this.disposed;
  }

  /** @throws GpuError naming the operation once this has been disposed of; DeviceLostError where the device is lost. */
  check(operation: string): void {
    if (this.disposed) throw disposedError(operation);
    this.loss.check(operation);
  }

  /**
   * Frees all that this object made, and the device itself unless it was adopted. What is under way ends with an error:
   * nothing is allocated any more.
   */
  dispose(): void {
    this.disposed = true;
    for (const storage of this.residents) this.release(storage);
    this.residents.clear();
    this.readback.dispose();
    if (this.owned) this.device.destroy();
  }

  /**
   * The tensor prepared from constant `sources` under `key`, made by `make` the first time it is asked for: once,
   * however many programs read it. It is freed with the first of its sources.
   */
  prepared(
    sources: readonly [Tensor, ...Tensor[]],
    key: string,
    make: () => Tensor,
  ): { tensor: Tensor; fresh: boolean } {
    const { storage } = sources[0];
    const name = JSON.stringify([key, ...sources.map((source) => [source.storage.id, source.offset])]);
    let made = this.derived.get(storage);
    if (!made) this.derived.set(storage, (made = new Map()));
    const existing = made.get(name);
    if (existing) return { tensor: existing, fresh: false };
    const tensor = make();
    made.set(name, tensor);
    this.forgetters.set(tensor.storage, () => made.delete(name));
    return { tensor, fresh: true };
  }

  /**
   * Frees prepared tensors that were prepared in vain, and what was to be prepared from them: they are prepared anew where
   * they are wanted again. Leaves alone what is not prepared.
   */
  discardPrepared(tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      const { storage } = tensor;
      const forget = this.forgetters.get(storage);
      if (!forget) continue;
      forget();
      this.forgetters.delete(storage);
      const waiting = [...this.pendingSetup].filter(({ bindings }) =>
        bindings.some(({ tensor: bound }) => bound.storage === storage),
      );
      this.free(tensor);
      this.discardPrepared(waiting.flatMap(madeBy));
    }
  }

  private allocate(label: string, bytes: number, form: Form): Storage {
    const storage = this.allocateUntracked(label, bytes, form);
    this.residents.add(storage);
    return storage;
  }

  /**
   * Memory that the caller frees (a program's shared buffers), counted in `memory`.
   *
   * @throws LimitError beyond the device's largest buffer or texture; GpuError once this has been disposed of.
   */
  allocateUntracked(label: string, bytes: number, form: Form = 'buffer'): Storage {
    const limit = this.limits.maxBufferSize;
    if (form === 'buffer' && bytes > limit) {
      throw new LimitError(
        `${label} needs ${megabytes(bytes)}, but this GPU allows at most ${megabytes(limit)} in one buffer; ` +
          'choose a smaller size (--size).',
      );
    }
    const operation = `Allocating ${megabytes(bytes)} for ${label}`;
    if (this.disposed) throw disposedError(operation);
    const storage = new Storage(label, bytes, form);
    const { refused } = guard(this.device, operation, () => {
      if (form === 'texels') storage.texels = createTexels(this.device, label, bytes);
      else {
        const size = wholeVectors(bytes);
        storage.buffer = this.device.createBuffer({ label, size, usage: TENSOR_USAGE });
      }
    });
    this.memory.add(bytes);
    noteRefusal(storage, refused);
    return storage;
  }

  private release(storage: Storage): void {
    storage.destroy();
    this.memory.remove(storage.bytes);
  }
}

/** What a step that prepares makes, with the parameters that it alone reads. */
export function madeBy({ bindings }: Step): Tensor[] {
  return bindings.filter(({ access }) => access !== 'read').map(({ tensor }) => tensor);
}

/** Keeps what the device may refuse until that is known: the first refusal is the cause of all that follow. */
function noteRefusal(storage: Storage, refused: Promise<GpuError | undefined>): void {
  const before = storage.refused;
  const first = Promise.all([before, refused]).then(([earlier, later]) => earlier ?? later);
  storage.refused = first;
  void first.then((error) => {
    if (!error && storage.refused === first) delete storage.refused;
  });
}
