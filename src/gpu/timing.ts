import { type GpuError, ValidationError } from './errors.js';
import { BufferUsage, MapMode } from './flags.js';
import { Encoding } from './encoding.js';
import { guard } from './guard.js';
import type { Program } from './program.js';

/** Steps that one query set has timestamps for: two each, of the 4096 that WebGPU allows. */
const STEPS_A_SET = 2048;

/** Bytes of a step's timestamps. */
const STEP_BYTES = 16;

/** Nanoseconds on the GPU's clock, whose beginning is its own. */
export interface Span {
  begin: bigint;
  end: bigint;
}

/** Whether `StepTimer` can work on this device: it must have been made with the feature. */
export function canTimeSteps(device: GPUDevice): boolean {
  return device.features.has('timestamp-query');
}

/**
 * Measures what each step of a program takes on the GPU. Every dispatch gets a compute pass of its own with a
 * timestamp at either end, and every copy one pass with nothing in it before and one behind, so the sum comes out a
 * little above a plain run, which has one pass for all. Dawn rounds timestamps to 65 µs unless the feature
 * `timestamp_quantization` is disabled.
 */
export class StepTimer {
  private readonly queries: readonly GPUQuerySet[];
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;
  private readonly bytes: number;
  private readonly unmade: Promise<GpuError | undefined>;

  /** @throws GpuError when the device has no timestamps. */
  constructor(private readonly program: Program) {
    const { device } = program.gpu;
    const { length } = program.steps;
    const name = `Timing ${program.label}`;
    if (!canTimeSteps(device)) throw new ValidationError(name, 'the device lacks timestamp-query.');
    const size = STEP_BYTES * length;
    const { value, refused } = guard(device, name, () => ({
      queries: Array.from({ length: Math.ceil(length / STEPS_A_SET) }, (_, set) => {
        const count = 2 * Math.min(STEPS_A_SET, length - set * STEPS_A_SET);
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
    program.gpu.memory.add(this.bytes);
  }

  /** Runs the program once. Resolves to milliseconds, step by step. Rejects with a GpuError. */
  async run(): Promise<number[]> {
    return (await this.spans()).map(({ begin, end }) => Number(end - begin) / 1e6);
  }

  /** Runs the program once. Resolves to when each step began and ended, by the GPU's clock. Rejects with a GpuError. */
  async spans(): Promise<Span[]> {
    const { program, staging } = this;
    const { refused } = guard(program.gpu.device, `Timing ${program.label}`, () => this.submit());
    const error = (await this.unmade) ?? (await refused);
    if (error) throw error;
    await staging.mapAsync(MapMode.READ);
    const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return program.steps.map((_, i) => ({ begin: stamps[2 * i]!, end: stamps[2 * i + 1]! }));
  }

  private submit(): void {
    const { program, queries, resolved, staging } = this;
    const { device } = program.gpu;
    const encoder = device.createCommandEncoder({ label: 'timed' });
    program.steps.forEach((step, i) => {
      const querySet = queries[Math.floor(i / STEPS_A_SET)]!;
      const index = 2 * (i % STEPS_A_SET);
      const begin = { querySet, beginningOfPassWriteIndex: index };
      const end = { querySet, endOfPassWriteIndex: index + 1 };
      if ('pieces' in step) {
        encoder.beginComputePass({ timestampWrites: begin }).end();
        new Encoding(encoder).add(step);
        encoder.beginComputePass({ timestampWrites: end }).end();
      } else {
        const encoding = new Encoding(encoder, { timestampWrites: { ...begin, ...end } });
        encoding.add(step);
        encoding.end();
      }
    });
    for (const [set, querySet] of queries.entries()) {
      encoder.resolveQuerySet(querySet, 0, querySet.count, resolved, set * STEPS_A_SET * STEP_BYTES);
    }
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, staging.size);
    device.queue.submit([encoder.finish()]);
  }

  /** Frees the queries and their buffers; the program stays. */
  dispose(): void {
    for (const set of this.queries) set.destroy();
    this.resolved.destroy();
    this.staging.destroy();
    this.program.gpu.memory.remove(this.bytes);
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
