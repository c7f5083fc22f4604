import type { Gpu } from '../src/gpu/gpu.js';
import type { Program } from '../src/gpu/program.js';
import { type Choice, Recorder } from '../src/gpu/recorder.js';
import { elements, type Shape, type Tensor } from '../src/gpu/tensor.js';
import { type Accuracy, accuracy } from './accuracy.js';
import type { Case } from './cases/case.js';
import { repeating } from './random.js';
import { digits } from './report/table.js';
import type { Line } from './results.js';
import { type Samples, type Sampling, sample } from './timing.js';

/** What a line is about, as far as it is known before anything is timed. */
export type Work = Pick<
  Line,
  'kernel' | 'direction' | 'shape' | 'variants' | 'flops' | 'bytes' | 'steps' | 'error'
>;

/** One round of a line. */
export interface Round {
  work: Work;
  samples: Samples;
}

/** A case that would take this many seconds, going by other lines of its kernel. */
export class TooLong extends Error {
  override readonly name = 'TooLong';

  constructor(readonly seconds: number) {
    super(`would take about ${digits(seconds)} s a run; --patience lets it`);
  }
}

export interface CaseOptions extends Sampling {
  /** Whether to hold the output against the oracle. */
  check?: boolean;
  /** How long it will take, in milliseconds. */
  guess?: (work: Pick<Work, 'kernel' | 'variants' | 'flops'>) => number;
  /** The most milliseconds that the guess may be. */
  patience?: number;
}

/** A case recorded on inputs of its own, for the caller to dispose. */
export interface RecordedCase {
  recorder: Recorder;
  output: Tensor;
  /** The numbers of the inputs, in the order in which the case asked for them. */
  inputs: Float32Array[];
  bytes: number;
  dispose(): void;
}

/** @throws RangeError where a forced variant cannot take the case. */
export function recordCase(gpu: Gpu, { kernel, shape, record }: Case): RecordedCase {
  const recorder = new Recorder(gpu, `${kernel} ${shape}`);
  const made: Tensor[] = [];
  const inputs: Float32Array[] = [];
  let bytes = 0;
  const make = (kind: 'tensor' | 'constant', isRead: boolean) => (size: Shape) => {
    const data = repeating(made.length, elements(size));
    const tensor = gpu[kind](`input ${made.length}`, size, data);
    made.push(tensor);
    inputs.push(data);
    if (isRead) bytes += tensor.bytes;
    return tensor;
  };
  const dispose = () => made.forEach((tensor) => gpu.free(tensor));
  try {
    const output = record(recorder, {
      tensor: make('tensor', true),
      constant: make('constant', true),
      unread: make('tensor', false),
    });
    return { recorder, output, inputs, bytes: bytes + output.bytes, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/**
 * Records, freezes, checks and times one case.
 *
 * @throws TooLong where the guess is beyond the caller's patience; RangeError where a forced variant cannot take it.
 */
export async function measureCase(gpu: Gpu, item: Case, options: CaseOptions = {}): Promise<Round> {
  const { check = false, guess = () => 0, patience = Infinity } = options;
  const { kernel, direction, shape } = item;
  const { recorder, output, inputs, bytes, dispose } = recordCase(gpu, item);
  let program: Program | undefined;
  try {
    const flops = sum(recorder.steps.map((step) => step.flops));
    const variants = variantsOf(recorder.choices);
    const guessed = guess({ kernel, variants, flops });
    if (guessed > patience) throw new TooLong(guessed / 1e3);
    program = await recorder.freeze([output]);
    const error = check ? await checkOnce(gpu, program, output, item, inputs) : undefined;
    const samples = await sample([program], { ...options, warm: check });
    const work = {
      ...{ kernel, direction, shape, variants, flops, bytes },
      steps: stepsOf([program], samples),
      ...(error && { error }),
    };
    return { work, samples };
  } finally {
    program?.dispose();
    dispose();
  }
}

/** The first run's output against the oracle: later runs of what works in place start from something else. */
async function checkOnce(
  gpu: Gpu,
  program: Program,
  output: Tensor,
  { oracle, decode = (data) => data }: Case,
  inputs: readonly Float32Array[],
): Promise<Accuracy> {
  program.run();
  return accuracy(decode(await gpu.read(output)), oracle(inputs));
}

/** What was chosen, by operation. */
export function variantsOf(choices: readonly Choice[]): Record<string, string> {
  return Object.fromEntries(choices.map(({ operation, variant }) => [operation, variant]));
}

/** The dispatches of programs that were timed as one. */
export function stepsOf(programs: readonly Program[], { steps }: Samples): Line['steps'] {
  return programs
    .flatMap((program) => program.steps)
    .map(({ label, shader, scope }, i) => ({
      label: scope ? `${scope}/${label}` : label,
      shader,
      ...(steps && { milliseconds: steps[i]! }),
    }));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
