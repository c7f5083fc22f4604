import type { Step } from '../src/gpu/dispatch.js';
import type { Gpu } from '../src/gpu/gpu.js';
import type { Program } from '../src/gpu/program.js';
import { Recorder } from '../src/gpu/recorder.js';
import type { Shape, Tensor } from '../src/gpu/tensor.js';
import { uniform } from '../test/support/random.js';
import type { Roofline } from './roofline.js';
import { timeProgram } from './time-program.js';

/** What a line of the bench is called. */
export interface Name {
  /** The operation as its dispatches are labelled, e.g. 'conv2d' or 'conv2d.dInput'. */
  kernel: string;
  direction: 'forward' | 'backward';
  /** What it works on, e.g. '64→128 @ 64²'. */
  shape: string;
}

/** Makes the tensors a case reads, with seeded numbers in them; constant ones as weights are. */
export interface Inputs {
  tensor(shape: Shape): Tensor;
  constant(shape: Shape): Tensor;
}

/** One kernel call to be measured. */
export interface Case extends Name {
  record: (recorder: Recorder, inputs: Inputs) => unknown;
}

/** What a program took, once. */
export interface Measurement extends Name {
  /** All dispatches by the GPU's clock, where it has one, else as `wallMilliseconds`. */
  milliseconds: number;
  /** By the host's clock, submission included. */
  wallMilliseconds: number;
  /** As the kernels state them: a multiply-add is two, a convolution counts as the direct one. */
  flops: number;
  /** All that the dispatches bind, once each; twice what they update. */
  bytes: number;
  gflopsPerSecond: number;
  gigabytesPerSecond: number;
  /** The least time the roofline allows divided by the time taken. It may pass 1 where data stay in a cache. */
  rooflineFraction: number;
  steps: { label: string; shader: string; milliseconds?: number }[];
}

/** Records, freezes and measures one case, on inputs of its own. */
export async function measureCase(gpu: Gpu, roofline: Roofline, item: Case): Promise<Measurement> {
  const { kernel, direction, shape, record } = item;
  const recorder = new Recorder(gpu, `${kernel} ${direction} ${shape}`);
  const made: Tensor[] = [];
  const make = (kind: 'tensor' | 'constant') => (size: Shape) => {
    const count = size.reduce((a, b) => a * b, 1);
    const tensor = gpu[kind](`input ${made.length}`, size, uniform(made.length, count));
    made.push(tensor);
    return tensor;
  };
  let program: Program | undefined;
  try {
    record(recorder, { tensor: make('tensor'), constant: make('constant') });
    program = await recorder.freeze();
    return await measureProgram(program, roofline, { kernel, direction, shape });
  } finally {
    program?.dispose();
    made.forEach((tensor) => gpu.free(tensor));
  }
}

/** Measures a program that is frozen already. */
export async function measureProgram(program: Program, roofline: Roofline, name: Name): Promise<Measurement> {
  const { dispatches, wall, steps } = await timeProgram(program);
  const flops = sum(program.steps.map((step) => step.flops));
  const bytes = sum(program.steps.map(traffic));
  const least = 1e3 * Math.max(flops / roofline.flops, bytes / roofline.bandwidth);
  return {
    ...name,
    milliseconds: dispatches,
    wallMilliseconds: wall,
    flops,
    bytes,
    gflopsPerSecond: flops / dispatches / 1e6,
    gigabytesPerSecond: bytes / dispatches / 1e6,
    rooflineFraction: least / dispatches,
    steps: program.steps.map(({ label, shader }, i) => ({
      label,
      shader,
      ...(steps && { milliseconds: steps[i]! }),
    })),
  };
}

function traffic(step: Step): number {
  return sum(step.bindings.map(({ tensor, access }) => tensor.bytes * (access === 'update' ? 2 : 1)));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
