import type { Recorder } from '../../src/gpu/recorder.js';
import type { Shape, Tensor } from '../../src/gpu/tensor.js';

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

/** What element `at` of the output should be, in float64. */
export type Oracle = (at: number) => number;

/** One kernel call to be measured. */
export interface Case extends Name {
  /** @returns the tensor that it writes. */
  record(recorder: Recorder, inputs: Inputs): Tensor;
  /** @param inputs the numbers of the tensors, in the order in which `record` made them. */
  oracle(inputs: readonly Float32Array[]): Oracle;
  /** The output's elements, where they are not float32 numbers. */
  decode?: (output: Float32Array) => ArrayLike<number>;
}

type Call = Pick<Case, 'record' | 'oracle' | 'decode'>;

export function forward(kernel: string, shape: string, call: Call): Case {
  return { kernel, direction: 'forward', shape, ...call };
}

export function backward(kernel: string, shape: string, call: Call): Case {
  return { kernel, direction: 'backward', shape, ...call };
}

export function both(kernel: string, shape: string, call: Call): Case {
  return { kernel, direction: 'both', shape, ...call };
}
