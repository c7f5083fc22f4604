import {
  bindingType,
  type CopyStep,
  type Direction,
  type Dispatch,
  type Piece,
  read,
  type Step,
  write,
} from './dispatch.js';
import { LimitError, requireShape } from './errors.js';
import { megabytes } from './format.js';
import type { Gpu } from './gpu.js';
import { type Assembled, buildProgram, buildProgramNow, compile, type Program } from './program.js';
import { bytesOf, F32_BYTES, type Form, type Shape, Storage, Tensor } from './tensor.js';
import { type DType, isHalf } from './wgsl-types.js';
import { MAX_WORKGROUPS_PER_AXIS } from './workgroups.js';

/** A choice between an operation's variants, made while recording. */
export interface Choice {
  operation: string;
  /** See shape-text.ts. */
  shape: string;
  eligible: readonly string[];
  variant: string;
  /** How many steps there were before. */
  from: number;
  /** How many there were when all of it had been recorded; only where labels would not tell. */
  to?: number;
}

/**
 * Writes down kernel calls, in order, to be frozen into a program. Nothing runs and no GPU memory is taken
 * while recording; temporaries get theirs when all lifetimes are known.
 */
export class Recorder {
  readonly steps: Step[] = [];
  /** In the order of recording. */
  readonly choices: Choice[] = [];
  /** What `parameters` is to hold, by where. */
  readonly parameterValues = new Map<Storage, Float32Array>();
  private readonly temporaries = new Set<Storage>();
  private readonly written = new Set<Storage>();
  /** What `derived` has made, by what it was made of. */
  private readonly derivations = new Map<Storage, Map<string, Tensor>>();
  private readonly scopes: string[] = [];
  private direction: Direction = 'forward';
  /** Whether its steps have become a program, or are about to: that has their temporaries, and can take no more. */
  private frozen = false;
  /** What is being prepared from constants, while it is recorded: work for before the first run. */
  private preparing: { sources: readonly [Tensor, ...Tensor[]]; key: string } | undefined;

  constructor(
    readonly gpu: Gpu,
    readonly label = 'program',
  ) {}

  /** A temporary whose memory is planned, and shared with others, at freezing. */
  temporary(label: string, shape: Shape, dtype: DType = 'f32', form: Form = 'buffer'): Tensor {
    const storage = new Storage(this.scoped(label), bytesOf(shape, dtype), form);
    this.temporaries.add(storage);
    return new Tensor(storage, shape, 0, dtype);
  }

  /**
   * A few numbers for a shader to read, written once at freezing and freed with the program; for what is prepared from
   * constants, freed with these.
   */
  parameters(label: string, values: readonly number[]): Tensor {
    const { gpu, preparing } = this;
    if (preparing) {
      const make = () => gpu.constant(label, [values.length], Float32Array.from(values));
      return gpu.prepared(preparing.sources, `${preparing.key}.${label}`, make).tensor;
    }
    const storage = new Storage(this.scoped(label), values.length * F32_BYTES);
    this.parameterValues.set(storage, Float32Array.from(values));
    return new Tensor(storage, [values.length]);
  }

  /** Labels what `body` records with `scope`, for profiles and errors. */
  within<T>(scope: string, body: () => T): T {
    this.scopes.push(scope);
    try {
      return body();
    } finally {
      this.scopes.pop();
    }
  }

  /** Marks what `body` records as the computation of gradients, for profiles. */
  backwards<T>(body: () => T): T {
    const outer = this.direction;
    this.direction = 'backward';
    try {
      return body();
    } finally {
      this.direction = outer;
    }
  }

  /**
   * The variant of an operation to record now (see VariantTable.choose). What is recorded for it is told from what
   * comes after by its labels, which begin with the same word as the operation: 'gram.reduce' belongs to 'gram.dInput'
   * where that was chosen for last. Where labels would not tell, `endChoice` does. A tuner may run such steps with fewer
   * workgroups, and takes the time to shrink in proportion.
   *
   * @throws RangeError when a variant is forced that is not eligible.
   */
  choose<V extends string>(operation: string, shape: string, eligible: readonly V[]): V {
    const variant = this.gpu.variants.choose(operation, shape, eligible);
    this.choices.push({ operation, shape, eligible, variant, from: this.steps.length });
    return variant;
  }

  /** Says that all since the last choice for `operation` belongs to it, whatever the labels, and whatever was chosen within. */
  endChoice(operation: string): void {
    const last = this.choices.findLast((choice) => choice.operation === operation);
    if (last) last.to = this.steps.length;
  }

  /**
   * Something computed from `sources` alone, e.g. weights in the order a shader wants them. When they are all
   * constants it is made once for all programs, before the first run; else it is recorded here like other work.
   *
   * @param key names what is made, together with all it depends on beside the sources.
   */
  prepared(
    sources: readonly [Tensor, ...Tensor[]],
    key: string,
    shape: Shape,
    record: (output: Tensor) => void,
    form: Form = 'buffer',
  ): Tensor {
    const label = `${sources[0].label}.${key}`;
    if (!sources.every((source) => source.storage.frozen)) {
      const output = this.temporary(label, shape, 'f32', form);
      record(output);
      return output;
    }
    const { tensor, fresh } = this.gpu.prepared(sources, key, () => this.gpu.zeros(label, shape, form));
    if (fresh) {
      const outer = this.preparing;
      this.preparing = { sources, key };
      try {
        record(tensor);
      } catch (error) {
        this.gpu.discardPrepared([tensor]);
        throw error;
      } finally {
        this.preparing = outer;
      }
      tensor.storage.frozen = true;
    }
    return tensor;
  }

  /**
   * Something computed from `source` alone, e.g. a copy of it that lies otherwise: recorded here, or what an earlier call has
   * recorded, as long as nothing was written to `source` since.
   *
   * @param key names what is made, together with all it depends on beside the source.
   * @param record makes it. It is not to be written to afterwards.
   */
  derived(source: Tensor, key: string, record: () => Tensor): Tensor {
    // What is prepared runs at another time than what is recorded around it.
    if (this.preparing) return record();
    const { storage, offset, shape, dtype } = source;
    const name = JSON.stringify([key, offset, shape, dtype]);
    const known = this.derivations.get(storage) ?? new Map<string, Tensor>();
    const made = known.get(name) ?? record();
    this.derivations.set(storage, known.set(name, made));
    return made;
  }

  /**
   * Appends one kernel call.
   *
   * @throws ShapeError on a contract broken by the kernel: a temporary read before it is written, a constant written, one
   *   buffer bound both ways or written twice, float16 where float32 is meant; and once all is frozen. LimitError when the
   *   device cannot bind or dispatch this much.
   */
  dispatch(call: Dispatch): void {
    const { scope, direction } = this;
    this.append({ constants: {}, types: {}, flops: 0, ...call, scope, direction });
  }

  /**
   * Appends a copy of a tensor's numbers, or of some, into texels. The device makes it without a shader: on Mesa's
   * software adapter in a tenth of the time that storing texels takes.
   *
   * @param label the operation that wants it, as of a dispatch.
   * @param to in texels, of which those that no piece covers are left as they are.
   * @throws ShapeError where they lie otherwise, and what dispatch throws.
   */
  copyIntoTexels(label: string, from: Tensor, to: Tensor, pieces: readonly Piece[]): void {
    const { scope, direction } = this;
    const step: CopyStep = {
      ...{ label, scope, direction, pieces, shader: 'copyBufferToTexture', flops: 0 },
      ...{ constants: {}, types: {}, workgroups: [1, 1, 1], bindings: [read(from), write(to)] },
    };
    requireShape(
      from.storage.form === 'buffer' && to.storage.form === 'texels',
      () => `${label}: copies from a buffer into texels, not from ${from} to ${to}.`,
    );
    this.append(step);
  }

  private append(step: Step): void {
    requireShape(
      !this.frozen,
      () => `${step.label}: ${this.label} is frozen and takes no more; record into a new Recorder.`,
    );
    this.check(step);
    for (const { tensor, access } of step.bindings) {
      if (access === 'write' || access === 'update') {
        this.written.add(tensor.storage);
        this.derivations.delete(tensor.storage);
      }
    }
    if (this.preparing) this.gpu.pendingSetup.add(step);
    else this.steps.push(step);
  }

  /** Begins to compile what `freeze` will need. What cannot be compiled is told there. */
  compile(): void {
    compile(this.gpu, this.steps).catch(() => undefined);
  }

  /**
   * Plans memory, compiles pipelines and makes bind groups, once and for all: nothing is recorded or frozen afterwards,
   * unless this fails.
   *
   * @param outputs tensors to be read after a run: they get memory of their own.
   * @throws GpuError when a shader does not compile or the device refuses or lacks the memory; ShapeError where it is
   *   frozen already.
   */
  async freeze(outputs: readonly Tensor[] = []): Promise<Program> {
    this.beginFreezing();
    try {
      return await buildProgram(this, storagesOf(outputs));
    } catch (error) {
      this.frozen = false;
      throw error;
    }
  }

  /**
   * Freezes what was recorded and submits it, once; then nothing of it is kept.
   *
   * @throws GpuError as `freeze` does.
   */
  async runOnce(): Promise<void> {
    const program = await this.freeze();
    void program.run();
    program.dispose();
  }

  /**
   * `freeze` without waiting, for those who are between two frames.
   *
   * @throws Error where a pipeline is not compiled yet, as it is once another recording of the same kind was frozen.
   */
  freezeNow(outputs: readonly Tensor[] = []): Assembled {
    this.beginFreezing();
    try {
      return buildProgramNow(this, storagesOf(outputs));
    } catch (error) {
      this.frozen = false;
      throw error;
    }
  }

  /** The scope that dispatches are being recorded in, e.g. 'conv3_1'. */
  get scope(): string {
    return this.scopes.join('/');
  }

  /** Whether it is a temporary of this recording. */
  owns(storage: Storage): boolean {
    return this.temporaries.has(storage);
  }

  private beginFreezing(): void {
    requireShape(!this.frozen, () => `${this.label} is frozen already; record anew for another program.`);
    this.frozen = true;
  }

  private scoped(label: string): string {
    return [...this.scopes, label].join('/');
  }

  private check(step: Step): void {
    const { limits } = this.gpu;
    const name = [step.scope, step.label].filter(Boolean).join('/');
    const reads = new Set<Storage>();
    const writes = new Set<Storage>();
    const half = Object.values(step.types).some(isHalf);
    for (const binding of step.bindings) {
      const { tensor, access } = binding;
      const { storage } = tensor;
      const writing = access === 'write' || access === 'update';
      requireShape(
        bindingType(binding) !== undefined,
        () => `${name}: ${tensor} lies in texels, and cannot be bound for the access '${access}'.`,
      );
      requireShape(
        storage.form === 'buffer' || tensor.offset === 0,
        () => `${name}: ${tensor} is a view into texels, which are bound as a whole.`,
      );
      requireShape(
        storage.made || this.owns(storage) || this.parameterValues.has(storage),
        () => `${name}: ${tensor} belongs to another recording, or was freed.`,
      );
      requireShape(
        !(writing && storage.frozen),
        () => `${name}: ${tensor} is a constant and cannot be written.`,
      );
      requireShape(
        access === 'write' || !this.owns(storage) || this.written.has(storage),
        () => `${name}: ${tensor} is read before anything was written to it.`,
      );
      requireShape(
        half || tensor.dtype === 'f32',
        () => `${name}: takes float32 numbers only, but ${tensor} holds float16; convert it with copy.`,
      );
      requireShape(
        !(writing && writes.has(storage)),
        () => `${name}: ${storage.label} is bound for writing twice.`,
      );
      (writing ? writes : reads).add(storage);
      const limit =
        access === 'uniform' ? limits.maxUniformBufferBindingSize : limits.maxStorageBufferBindingSize;
      if (storage.form === 'buffer' && tensor.bytes > limit) {
        throw new LimitError(
          `${tensor.label} needs ${megabytes(tensor.bytes)} in one piece, but this GPU binds at most ` +
            `${megabytes(limit)}; choose a smaller size (--size).`,
        );
      }
    }
    for (const storage of writes) {
      requireShape(
        !reads.has(storage),
        () => `${name}: ${storage.label} is bound for reading and for writing at once.`,
      );
    }
    for (const count of step.workgroups) {
      requireShape(
        Number.isInteger(count) && count >= 1 && count <= MAX_WORKGROUPS_PER_AXIS,
        () => `${name}: cannot dispatch ${step.workgroups.join(' × ')} workgroups.`,
      );
    }
  }
}

function storagesOf(tensors: readonly Tensor[]): ReadonlySet<Storage> {
  return new Set(tensors.map(({ storage }) => storage));
}
