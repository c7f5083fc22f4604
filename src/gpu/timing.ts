import { type GpuError, ValidationError } from './errors.js';
import { BufferUsage, MapMode } from './flags.js';
import { type CompiledStep, Encoding } from './encoding.js';
import type { Gpu } from './gpu.js';
import { guard } from './guard.js';
import type { Program } from './program.js';

/** Sections that one query set has timestamps for: two each, of the 4096 that WebGPU allows. */
const SECTIONS_A_SET = 2048;

/** Bytes of a section's timestamps. */
const SECTION_BYTES = 16;

/** Nanoseconds on the GPU's clock, whose beginning is its own. */
export interface Span {
  begin: bigint;
  end: bigint;
}

/** Whether `StepTimer` and `RunTimer` can work on this device: it must have been made with the feature. */
export function canTimeSteps(device: GPUDevice): boolean {
  return device.features.has('timestamp-query');
}

/** Submits sections of steps, each with a timestamp at either end. */
class SectionTimer {
  private readonly queries: readonly GPUQuerySet[];
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;
  private readonly bytes: number;
  private readonly unmade: Promise<GpuError | undefined>;
  private readonly name: string;

  /** @throws GpuError when the device has no timestamps. */
  constructor(
    private readonly gpu: Gpu,
    label: string,
    private readonly sections: readonly (readonly CompiledStep[])[],
  ) {
    const { device } = gpu;
    const { length } = sections;
    const name = (this.name = `Timing ${label}`);
    if (!canTimeSteps(device)) throw new ValidationError(name, 'the device lacks timestamp-query.');
    const size = SECTION_BYTES * length;
    const { value, refused } = guard(device, name, () => ({
      queries: Array.from({ length: Math.ceil(length / SECTIONS_A_SET) }, (_, set) => {
        const count = 2 * Math.min(SECTIONS_A_SET, length - set * SECTIONS_A_SET);
        return device.createQuerySet({ label: name, type: 'timestamp', count });
      }),
      resolved: device.createBuffer({
        label: name,
        size,
        usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC,
      }),
      staging: device.createBuffer({
        label: name,
        size,
        usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
      }),
    }));
    this.queries = value.queries;
    this.resolved = value.resolved;
    this.staging = value.staging;
    this.unmade = refused;
    this.bytes = 2 * size;
    gpu.memory.add(this.bytes);
  }

  /** Runs all sections once. Rejects with a GpuError. */
  async spans(): Promise<Span[]> {
    const { gpu, name, staging } = this;
    const { refused } = guard(gpu.device, name, () => this.submit());
    const error = (await this.unmade) ?? (await refused);
    if (error) throw error;
    await staging.mapAsync(MapMode.READ);
    const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return this.sections.map((_, i) => ({ begin: stamps[2 * i]!, end: stamps[2 * i + 1]! }));
  }

  private submit(): void {
    const { gpu, queries, resolved, sections, staging } = this;
    const encoder = gpu.device.createCommandEncoder({ label: 'timed' });
    sections.forEach((steps, i) => {
      const querySet = queries[Math.floor(i / SECTIONS_A_SET)]!;
      encodeSection(encoder, steps, querySet, 2 * (i % SECTIONS_A_SET));
    });
    for (const [set, querySet] of queries.entries()) {
      const at = set * SECTIONS_A_SET * SECTION_BYTES;
      encoder.resolveQuerySet(querySet, 0, querySet.count, resolved, at);
    }
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, staging.size);
    gpu.device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    for (const set of this.queries) set.destroy();
    this.resolved.destroy();
    this.staging.destroy();
    this.gpu.memory.remove(this.bytes);
  }
}

/** Timestamps belong to passes; a copy at either end gets one with nothing in it beside it. */
function encodeSection(
  encoder: GPUCommandEncoder,
  steps: readonly CompiledStep[],
  querySet: GPUQuerySet,
  index: number,
): void {
  const begin = { querySet, beginningOfPassWriteIndex: index };
  const end = { querySet, endOfPassWriteIndex: index + 1 };
  const isKernel = (step: CompiledStep | undefined) => step !== undefined && !('pieces' in step);
  const last = steps.filter((step, i) => isKernel(step) && !isKernel(steps[i - 1])).length - 1;
  const [beginsInPass, endsInPass] = [isKernel(steps[0]), isKernel(steps.at(-1))];
  if (!beginsInPass) encoder.beginComputePass({ timestampWrites: begin }).end();
  const encoding = new Encoding(encoder, (pass) => {
    const [first, final] = [pass === 0 && beginsInPass, pass === last && endsInPass];
    return first || final ? { timestampWrites: { ...(first && begin), ...(final && end), querySet } } : {};
  });
  for (const step of steps) encoding.add(step);
  encoding.end();
  if (!endsInPass) encoder.beginComputePass({ timestampWrites: end }).end();
}

function milliseconds({ begin, end }: Span): number {
  return Number(end - begin) / 1e6;
}

/**
 * Measures what each step of a program takes on the GPU. Every dispatch gets a compute pass of its own with a
 * timestamp at either end, and every copy one pass with nothing in it before and one behind, so the sum comes out
 * above a plain run, which has one pass for all: see RunTimer. Dawn rounds timestamps to 65 µs unless the feature
 * `timestamp_quantization` is disabled.
 */
export class StepTimer {
  private readonly timer: SectionTimer;

  /** @throws GpuError when the device has no timestamps. */
  constructor({ gpu, label, steps }: Program) {
    const sections = steps.map((step) => [step]);
    this.timer = new SectionTimer(gpu, label, sections);
  }

  /** Runs the program once. Resolves to milliseconds, step by step. Rejects with a GpuError. */
  async run(): Promise<number[]> {
    return (await this.spans()).map(milliseconds);
  }

  /** Runs the program once. Resolves to when each step began and ended, by the GPU's clock. Rejects with a GpuError. */
  spans(): Promise<Span[]> {
    return this.timer.spans();
  }

  /** Frees the queries and their buffers; the program stays. */
  dispose(): void {
    this.timer.dispose();
  }
}

/**
 * Measures what programs take on the GPU that are run one after the other, as one: from the first step's beginning to the
 * last one's end, with the passes that a plain run has. Dawn rounds timestamps as it does for StepTimer.
 */
export class RunTimer {
  private readonly timer: SectionTimer;

  /** @throws GpuError when the device has no timestamps. */
  constructor(gpu: Gpu, programs: readonly Program[]) {
    const label = programs.map((program) => program.label).join(', ');
    const steps = programs.flatMap((program) => program.steps);
    this.timer = new SectionTimer(gpu, label, [steps]);
  }

  /** Runs the programs once. Resolves to milliseconds. Rejects with a GpuError. */
  async run(): Promise<number> {
    const [span] = await this.timer.spans();
    return milliseconds(span!);
  }

  /** Frees the queries and their buffers; the programs stay. */
  dispose(): void {
    this.timer.dispose();
  }
}

/**
 * Milliseconds by the host's clock from submitting `count` runs in a row to the end of the last, divided by
 * `count`.
 */
export async function timeRuns(program: Program, count = 1): Promise<number> {
  const { queue } = program.gpu.device;
  await queue.onSubmittedWorkDone();
  const start = performance.now();
  for (let i = 0; i < count; i++) program.run();
  await queue.onSubmittedWorkDone();
  return (performance.now() - start) / count;
}
