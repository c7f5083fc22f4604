import * as v from 'valibot';
import { printable } from '../src/errors.js';

/** Raised when a file of results of an older version can no longer be read. */
export const FORMAT = 2;

/** Files may come from anybody, and what is in them goes to a terminal. */
const Text = v.pipe(v.string(), v.transform(printable));

/** Beyond all figures of a bench, and so far from where floating point ends that ratios are numbers. */
const MOST = 1e30;
const Finite = v.pipe(v.number(), v.minValue(-MOST), v.maxValue(MOST));
const NotNegative = v.pipe(v.number(), v.minValue(0), v.maxValue(MOST));
const Positive = v.pipe(v.number(), v.minValue(1 / MOST), v.maxValue(MOST));

/** One or more. */
const some = <const T extends v.GenericSchema<unknown>>(item: T) => v.pipe(v.array(item), v.minLength(1));

const Peak = v.object({
  perSecond: Positive,
  form: Text,
  forms: v.array(v.object({ form: Text, perSecond: Positive })),
});

const Ceilings = v.object({
  f32: Peak,
  f16: v.optional(Peak),
  bandwidth: Peak,
  loads: v.optional(Peak),
  dispatchMicroseconds: Finite,
  submitMicroseconds: Finite,
});

const Name = v.object({
  kernel: Text,
  direction: v.picklist(['forward', 'backward', 'both']),
  shape: Text,
});

const Line = v.object({
  ...Name.entries,
  /** The variants chosen, by operation; empty where there is but one. */
  variants: v.record(Text, Text),
  /** As the kernels state them: a multiply-add is two, a convolution counts as the direct one. */
  flops: NotNegative,
  /** What goes in, read once, and what comes out, written once: the least that any way of computing it moves; 0 where it was not counted. */
  bytes: NotNegative,
  /** The medians of all repeats, by the GPU's clock where it has one and by the host's, submission included. */
  milliseconds: Positive,
  wallMilliseconds: Positive,
  gflopsPerSecond: NotNegative,
  gigabytesPerSecond: NotNegative,
  /**
   * The least time that the ceilings allow divided by the time taken. It may pass 1 where data stay in a cache, or a
   * convolution gets by with fewer multiplications than the direct one.
   */
  rooflineFraction: NotNegative,
  /** How far the output is from a float64 oracle, as a share of the largest number that it should hold. */
  error: v.optional(v.object({ relative: NotNegative, checked: NotNegative, of: NotNegative })),
  steps: v.array(v.object({ label: Text, shader: Text, milliseconds: v.optional(NotNegative) })),
  /** Milliseconds of each repeat, by round; short work may be none by a GPU's clock of coarse steps. */
  wall: some(some(Positive)),
  gpu: v.optional(some(some(NotNegative))),
});

const Memory = v.object({ bytes: NotNegative, peakBytes: NotNegative, unsharedBytes: NotNegative });

/** A whole evaluation with its update of L-BFGS, on the pictures of demo/ with the embedded network. */
const Evaluation = v.object({
  ...Line.entries,
  /** Of the square image. */
  size: Positive,
  /** Milliseconds for one when they are submitted by threes. */
  inThrees: some(Positive),
  /** Targets, recording, planning and compiling, in milliseconds, round by round: only the first compiles. */
  setup: some(Positive),
  /** The first evaluation, to which the driver may have left some compiling. */
  first: some(Positive),
  memory: v.object({
    /** Of all buffers of the job, the most that were alive at once: filters, images, history, all. */
    peakBytes: NotNegative,
    bytes: NotNegative,
    /** The temporaries of the evaluation. */
    evaluation: Memory,
  }),
  /** The loss at the start and at the end of what was timed, to tell that it was a job indeed. */
  losses: v.tuple([Finite, Finite]),
});

const Results = v.object({
  format: v.literal(FORMAT),
  /** The version of Scumble. */
  scumble: Text,
  /** When the bench began, as ISO 8601. */
  date: v.pipe(
    Text,
    v.isoTimestamp(),
    v.check((text) => !Number.isNaN(Date.parse(text))),
  ),
  machine: v.object({
    platform: Text,
    processor: Text,
    cores: NotNegative,
    memoryBytes: NotNegative,
    node: Text,
  }),
  adapter: v.object({
    vendor: Text,
    architecture: Text,
    device: Text,
    description: Text,
    software: v.boolean(),
    features: v.array(Text),
  }),
  clock: v.object({
    /** Whose clock `milliseconds` are by. */
    source: v.picklist(['gpu', 'host']),
    /** What all GPU times seen are multiples of, in nanoseconds. */
    stepNanoseconds: v.optional(Positive),
  }),
  /** The variant that was asked for, if any. */
  variant: v.optional(Text),
  /** Present where the bench was stopped before its end. */
  interrupted: v.optional(v.literal(true)),
  /** The most that any line has: fewer than were asked for where it was stopped. */
  rounds: NotNegative,
  ceilings: Ceilings,
  /** The speed of the adapter itself, measured again and again while the bench ran: work a second, by round. */
  pulse: v.object({ f32: v.array(some(Positive)), bandwidth: v.array(some(Positive)) }),
  evaluations: v.array(Evaluation),
  /** Updates of L-BFGS by history. */
  lbfgs: v.array(Line),
  kernels: v.array(Line),
  /** What was asked for and not measured, and why. */
  leftOut: v.array(v.object({ ...Name.entries, why: Text })),
  /** How long the bench took. */
  seconds: NotNegative,
});

export type Name = v.InferOutput<typeof Name>;
export type Line = v.InferOutput<typeof Line>;
export type Evaluation = v.InferOutput<typeof Evaluation>;
/** All that the bench found out, as --json writes it. */
export type Results = v.InferOutput<typeof Results>;
/** Those of them that are lines. */
export type Lines = Pick<Results, 'evaluations' | 'lbfgs' | 'kernels'>;

/**
 * Results out of parsed JSON.
 *
 * @returns them, or what is wrong, as a clause about the file.
 */
export function readResults(json: unknown): Results | string {
  const read = v.safeParse(Results, json);
  if (read.success) return read.output;
  const other = v.safeParse(v.object({ format: v.pipe(v.number(), v.notValue(FORMAT)) }), json);
  if (other.success) {
    return `its format is ${other.output.format}, another version's, and this one reads format ${FORMAT}`;
  }
  const [issue] = read.issues;
  const where = v.getDotPath(issue);
  if (where === null) return 'it is no object';
  return issue.input === undefined ? `it has no ${where}` : `its ${where} is not what a bench writes there`;
}

/** All lines that were timed, the whole evaluations first. */
export function allLines({ evaluations, lbfgs, kernels }: Lines): Line[] {
  return [...evaluations, ...lbfgs, ...kernels];
}

/** What two runs know a line by. */
export function lineKey({ kernel, direction, shape }: Name): string {
  return `${kernel} ${direction} ${shape}`;
}
