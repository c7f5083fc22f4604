import { bindingTypes, type KernelStep, type Step } from './dispatch.js';
import { type CompiledStep, compileCopy, Encoding } from './encoding.js';
import { type GpuError, OutOfMemoryError } from './errors.js';
import { guard } from './guard.js';
import { type Gpu, madeBy } from './gpu.js';
import type { Pipeline, PipelineSpec } from './pipelines.js';
import { type Lifetime, peakOf, planMemory } from './plan.js';
import type { Choice, Recorder } from './recorder.js';
import { type Form, FORMS, type Storage, type Tensor, wholeVectors } from './tensor.js';

/** What a program's temporaries take. */
export interface MemoryReport {
  /** Bytes of the shared buffers and textures actually made. */
  bytes: number;
  /** The most alive at any one dispatch: the least any plan could take. */
  peakBytes: number;
  /** What separate ones would have taken. */
  unsharedBytes: number;
}

/**
 * A frozen recording: dispatches with every pipeline, bind group and buffer already made. A run allocates
 * nothing and creates no WebGPU object but its command encoder (and the pass and command buffer it yields).
 */
export class Program {
  readonly steps: CompiledStep[] = [];

  constructor(
    readonly gpu: Gpu,
    readonly label: string,
    readonly memory: MemoryReport,
    private readonly owned: readonly Storage[],
    private readonly placed: readonly Storage[],
    /** The variants chosen while it was recorded. */
    readonly choices: readonly Choice[] = [],
  ) {}

  /** Bytes of all buffers that it owns: its temporaries' and the parameters of its shaders. */
  get bytes(): number {
    return this.owned.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Appends the steps, or those of [from, to), to a command buffer, which several programs can share. */
  encode(encoding: Encoding, from = 0, to = this.steps.length): void {
    for (let i = from; i < to; i++) encoding.add(this.steps[i]!);
  }

  /**
   * Submits one run at once; a later read waits for it.
   *
   * @returns what the device refused of it, if anything, once that is known; never rejects and may be ignored.
   */
  run(): Promise<GpuError | undefined> {
    return runAll(this.gpu, [this]);
  }

  /** Frees the buffers the program owns. Tensors it was recorded on stay. */
  dispose(): void {
    for (const storage of this.owned) {
      storage.destroy();
      this.gpu.memory.remove(storage.bytes);
    }
    for (const storage of this.placed) storage.forget();
  }
}

/**
 * Submits several programs at once, in order, as one command buffer.
 *
 * @returns what the device refused of it, if anything, once that is known; never rejects and may be ignored.
 */
export function runAll(gpu: Gpu, programs: readonly Program[]): Promise<GpuError | undefined> {
  const label = programs.map((program) => program.label).join(', ') || 'nothing';
  return submit(gpu, label, (encoding) => {
    for (const program of programs) program.encode(encoding);
  });
}

/** Submits steps as a command buffer of their own. */
export function submit(
  { device }: Gpu,
  label: string,
  encode: (encoding: Encoding) => void,
): Promise<GpuError | undefined> {
  const { refused } = guard(device, `Running ${label}`, () => {
    const encoder = device.createCommandEncoder({ label });
    const encoding = new Encoding(encoder);
    encode(encoding);
    encoding.end();
    device.queue.submit([encoder.finish()]);
  });
  return refused;
}

/** Freezes a recording. The body of Recorder.freeze, in the file of what it makes. */
export async function buildProgram(recorder: Recorder, outputs: ReadonlySet<Storage>): Promise<Program> {
  const { gpu, label, steps } = recorder;
  const setup = [...gpu.pendingSetup];
  const [compiled, compiledSetup] = await Promise.all([compile(gpu, steps), compile(gpu, setup)]);
  gpu.check(`Freezing ${label}`);
  const { program, prepared, refused } = assemble(
    recorder,
    outputs,
    () => runSetup(gpu, setup, compiledSetup),
    compiled,
  );
  const error = await refused;
  if (error) {
    program.dispose();
    // What was to be prepared has not been, where any of it was refused: it is one submission.
    gpu.discardPrepared(prepared.flatMap(madeBy));
    throw error;
  }
  return program;
}

/**
 * Freezes several recordings at once.
 *
 * @param recordings each with its outputs, as Recorder.freeze takes them.
 * @throws what Recorder.freeze throws for one of them; the others' memory has then been freed.
 */
export async function freezeAll(
  recordings: readonly (readonly [recorder: Recorder, outputs?: readonly Tensor[]])[],
): Promise<Program[]> {
  const results = await Promise.allSettled(recordings.map(([recorder, outputs]) => recorder.freeze(outputs)));
  const programs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return programs;
  for (const program of programs) program.dispose();
  throw failed.reason;
}

/**
 * Freezes a recording without waiting, where all its pipelines are compiled and nothing is left to be prepared. The body
 * of Recorder.freezeNow.
 *
 * @throws Error otherwise.
 */
export function buildProgramNow(recorder: Recorder, outputs: ReadonlySet<Storage>): Assembled {
  const { gpu, label, steps } = recorder;
  const compiled = steps.map((step) => {
    if ('pieces' in step) return undefined;
    const pipeline = gpu.pipelines.peek(pipelineSpec(step));
    if (!pipeline)
      throw new Error(`${label}: shaders/${step.shader}.wgsl is not compiled yet; use freeze().`);
    return pipeline;
  });
  return assemble(recorder, outputs, () => [], compiled);
}

/** A program, and what the device refused of making it: never rejects. */
export interface Assembled {
  program: Program;
  /** What was run before, once, to prepare for it and others. */
  prepared: readonly Step[];
  refused: Promise<GpuError | undefined>;
}

/** Takes memory and makes the bind groups, without a wait. */
function assemble(
  recorder: Recorder,
  outputs: ReadonlySet<Storage>,
  setUp: () => readonly Step[],
  compiled: readonly (Pipeline | undefined)[],
): Assembled {
  const { gpu, label, steps } = recorder;
  const { value, refused } = guard(gpu.device, `Freezing ${label}`, () => {
    const program = place(recorder, outputs);
    bind(program, steps, compiled);
    return { program, prepared: setUp() };
  });
  return { ...value, refused: causeOf([...steps, ...value.prepared], refused) };
}

/** A buffer that was refused makes all that binds it invalid: what is told is the cause. */
async function causeOf(
  steps: readonly Step[],
  refused: Promise<GpuError | undefined>,
): Promise<GpuError | undefined> {
  const storages = new Set(steps.flatMap(({ bindings }) => bindings.map(({ tensor }) => tensor.storage)));
  const buffers = await Promise.all([...storages].map((storage) => storage.refused));
  const errors = [...buffers, await refused].filter((error) => error !== undefined);
  return errors.find((error) => error instanceof OutOfMemoryError) ?? errors[0];
}

/** Gives every temporary its memory, by the plan. */
function place(recorder: Recorder, outputs: ReadonlySet<Storage>): Program {
  const { gpu, steps } = recorder;
  const lifetimes = new Map<Storage, Lifetime>();
  steps.forEach((step, at) => {
    for (const { tensor } of step.bindings) {
      const { storage } = tensor;
      if (!recorder.owns(storage)) continue;
      const life = lifetimes.get(storage);
      if (life) life.last = at;
      else lifetimes.set(storage, { bytes: storage.bytes, first: at, last: at });
    }
  });
  // What is read after the run must outlive it, and must not be overwritten by the beginning of the next.
  for (const storage of outputs) {
    const life = lifetimes.get(storage);
    if (life) Object.assign(life, { first: 0, last: steps.length });
  }
  const owned: Storage[] = [];
  const placed: Storage[] = [];
  const memory = { bytes: 0, peakBytes: peakOf([...lifetimes.values()]), unsharedBytes: 0 };
  const program = new Program(gpu, recorder.label, memory, owned, placed, recorder.choices);
  const take = (label: string, bytes: number, form: Form) => {
    const storage = gpu.allocateUntracked(label, bytes, form);
    owned.push(storage);
    return storage;
  };
  try {
    for (const form of FORMS) {
      const tenants = [...lifetimes.keys()].filter((storage) => storage.form === form);
      const plan = planMemory(tenants.map((storage) => lifetimes.get(storage)!));
      const slots = plan.slotBytes.map((bytes, slot) =>
        take(`${recorder.label} ${form} #${slot}`, bytes, form),
      );
      tenants.forEach((storage, i) => storage.share(slots[plan.slots[i]!]!));
      placed.push(...tenants);
      memory.bytes += plan.slotBytes.reduce((sum, size) => sum + size, 0);
      memory.unsharedBytes += plan.unsharedBytes;
    }
    for (const [storage, values] of recorder.parameterValues) {
      const held = take(storage.label, storage.bytes, 'buffer');
      gpu.device.queue.writeBuffer(held.buffer!, 0, values.buffer, values.byteOffset, values.byteLength);
      storage.share(held);
      placed.push(storage);
    }
  } catch (error) {
    // What was taken until then.
    program.dispose();
    throw error;
  }
  return program;
}

/** Makes the steps' pipelines, all at the same time; none for copies. */
export function compile(gpu: Gpu, steps: readonly Step[]): Promise<(Pipeline | undefined)[]> {
  return Promise.all(
    steps.map((step) => ('pieces' in step ? undefined : gpu.pipelines.get(pipelineSpec(step)))),
  );
}

function pipelineSpec(step: KernelStep): PipelineSpec {
  const { shader, constants, types } = step;
  return { shader, constants, types, bindings: bindingTypes(step) };
}

/** Adds steps to a program, each with its pipeline and its bind group, or the two ends of its copy. */
function bind(
  { gpu, steps: bound }: Program,
  steps: readonly Step[],
  compiled: readonly (Pipeline | undefined)[],
): void {
  steps.forEach((step, i) => {
    if ('pieces' in step) {
      bound.push({ ...step, compiled: compileCopy(step) });
      return;
    }
    const { pipeline, layout } = compiled[i]!;
    const bindGroup = gpu.device.createBindGroup({
      label: step.label,
      layout,
      entries: step.bindings.map(({ tensor }, binding) => ({
        binding,
        resource: resourceOf(tensor),
      })),
    });
    bound.push({ ...step, compiled: { pipeline, bindGroup } });
  });
}

function resourceOf({ storage, offset, bytes }: Tensor): GPUBindingResource {
  return storage.texels?.view ?? { buffer: storage.buffer!, offset, size: wholeVectors(bytes) };
}

/** Runs what was recorded on constants alone, unless somebody has. Such work has resident inputs and outputs only. */
function runSetup(
  gpu: Gpu,
  setup: readonly Step[],
  compiled: readonly (Pipeline | undefined)[],
): readonly Step[] {
  const due = [...setup.entries()].filter(([, step]) => gpu.pendingSetup.has(step));
  const steps = due.map(([, step]) => step);
  if (due.length === 0) return steps;
  const program = new Program(gpu, 'setup', { bytes: 0, peakBytes: 0, unsharedBytes: 0 }, [], []);
  bind(
    program,
    steps,
    due.map(([i]) => compiled[i]),
  );
  program.run();
  // Only now: what failed to compile is tried again by the next program that needs it.
  for (const step of steps) gpu.pendingSetup.delete(step);
  return steps;
}
