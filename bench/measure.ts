import type { Gpu } from '../src/gpu/gpu.js';
import type { Program } from '../src/gpu/program.js';
import { Recorder } from '../src/gpu/recorder.js';
import { elements, type Shape, type Tensor } from '../src/gpu/tensor.js';
import { uniform } from './random.js';
import type { Roofline } from './roofline.js';
import { timeProgram } from './time-program.js';

/** What a line of the bench is called. */
export interface Name {
  /** The operation as its dispatches are labelled, e.g. 'conv2d' or 'conv2d.dInput'. */
  kernel: string;
  direction: 'forward' | 'backward' | 'both';
  /** What it works on, e.g. '64→128 @ 64²'. */
  shape: string;
}

/** Makes the tensors of a case, with seeded numbers in them. */
export interface Inputs {
  tensor(shape: Shape): Tensor;
  /** One that never changes, as weights are: what is prepared from it is not timed. */
  constant(shape: Shape): Tensor;
  /** One of which the case needs the place or the shape, not the numbers. */
  unread(shape: Shape): Tensor;
}

/** One kernel call to be measured. */
export interface Case extends Name {
  /** @returns the tensor that it writes. */
  record: (recorder: Recorder, inputs: Inputs) => Tensor;
}

/** What a program took, once. */
export interface Measurement extends Name {
  /** All dispatches by the GPU's clock, where it has one, else as `wallMilliseconds`. */
  milliseconds: number;
  /** By the host's clock, submission included. */
  wallMilliseconds: number;
  /** As the kernels state them: a multiply-add is two, a convolution counts as the direct one. */
  flops: number;
  /** What goes in, read once, and what comes out, written once: the least that any way of computing it moves. */
  bytes: number;
  gflopsPerSecond: number;
  gigabytesPerSecond: number;
  /**
   * The least time the roofline allows divided by the time taken. It may pass 1 where data stay in a cache, or a
   * convolution gets by with fewer multiplications than the direct one.
   */
  rooflineFraction: number;
  steps: { label: string; shader: string; milliseconds?: number }[];
}

/** A case that would take this many seconds, going by the kernel's lines before it. */
export class TooLong extends Error {
  override readonly name = 'TooLong';

  constructor(readonly seconds: number) {
    super(`would take about ${seconds.toFixed(0)} s a run`);
  }
}

/**
 * Records, freezes and measures one case, on inputs of its own.
 *
 * @param guess how long so many operations will take, in milliseconds.
 * @param patience the most milliseconds that the guess may be.
 * @throws TooLong beyond that; RangeError where a forced variant cannot take the case.
 */
export async function measureCase(
  gpu: Gpu,
  roofline: Roofline,
  item: Case,
  guess: (flops: number) => number = () => 0,
  patience = Infinity,
): Promise<Measurement> {
  const { kernel, direction, shape, record } = item;
  const recorder = new Recorder(gpu, `${kernel} ${direction} ${shape}`);
  const made: Tensor[] = [];
  let bytes = 0;
  const make = (kind: 'tensor' | 'constant', isRead: boolean) => (size: Shape) => {
    const tensor = gpu[kind](`input ${made.length}`, size, uniform(made.length, elements(size)));
    made.push(tensor);
    if (isRead) bytes += tensor.bytes;
    return tensor;
  };
  let program: Program | undefined;
  try {
    const output = record(recorder, {
      tensor: make('tensor', true),
      constant: make('constant', true),
      unread: make('tensor', false),
    });
    bytes += output.bytes;
    const guessed = guess(sum(recorder.steps.map(({ flops }) => flops)));
    if (guessed > patience) throw new TooLong(guessed / 1e3);
    program = await recorder.freeze();
    return await measureProgram(program, roofline, { kernel, direction, shape, bytes });
  } finally {
    program?.dispose();
    made.forEach((tensor) => gpu.free(tensor));
  }
}

/**
 * Measures a program that is frozen already.
 *
 * @param before see timeProgram.
 */
export async function measureProgram(
  program: Program,
  roofline: Roofline,
  work: Name & { bytes: number },
  before?: () => void,
): Promise<Measurement> {
  const { dispatches, wall, steps } = await timeProgram(program, before);
  const { bytes } = work;
  const flops = sum(program.steps.map((step) => step.flops));
  const least = 1e3 * Math.max(flops / roofline.flops, bytes / roofline.bandwidth);
  return {
    ...work,
    milliseconds: dispatches,
    wallMilliseconds: wall,
    flops,
    gflopsPerSecond: flops / dispatches / 1e6,
    gigabytesPerSecond: bytes / dispatches / 1e6,
    rooflineFraction: least / dispatches,
    steps: program.steps.map(({ label, shader, scope }, i) => ({
      label: scope ? `${scope}/${label}` : label,
      shader,
      ...(steps && { milliseconds: steps[i]! }),
    })),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
