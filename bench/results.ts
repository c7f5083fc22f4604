import * as v from 'valibot';

/** Raised when a file of results of an older version can no longer be read. */
export const FORMAT = 1;

/** Milliseconds of each repeat, by round. */
const Rounds = v.array(v.array(v.number()));

const Peak = v.object({
  perSecond: v.number(),
  form: v.string(),
  forms: v.array(v.object({ form: v.string(), perSecond: v.number() })),
});

const Ceilings = v.object({
  f32: Peak,
  f16: v.optional(Peak),
  bandwidth: Peak,
  loads: v.optional(Peak),
  dispatchMicroseconds: v.number(),
  submitMicroseconds: v.number(),
});

const Name = v.object({
  kernel: v.string(),
  direction: v.picklist(['forward', 'backward', 'both']),
  shape: v.string(),
});

const Line = v.object({
  ...Name.entries,
  /** The variants chosen, by operation; empty where there is but one. */
  variants: v.record(v.string(), v.string()),
  /** As the kernels state them: a multiply-add is two, a convolution counts as the direct one. */
  flops: v.number(),
  /** What goes in, read once, and what comes out, written once: the least that any way of computing it moves. */
  bytes: v.number(),
  /** The medians of all repeats, by the GPU's clock where it has one and by the host's, submission included. */
  milliseconds: v.number(),
  wallMilliseconds: v.number(),
  gflopsPerSecond: v.number(),
  gigabytesPerSecond: v.number(),
  /**
   * The least time that the ceilings allow divided by the time taken. It may pass 1 where data stay in a cache, or a
   * convolution gets by with fewer multiplications than the direct one.
   */
  rooflineFraction: v.number(),
  /** How far the output is from a float64 oracle, as a share of the largest number that it should hold. */
  error: v.optional(v.object({ relative: v.number(), checked: v.number(), of: v.number() })),
  steps: v.array(v.object({ label: v.string(), shader: v.string(), milliseconds: v.optional(v.number()) })),
  wall: Rounds,
  gpu: v.optional(Rounds),
});

const Memory = v.object({ bytes: v.number(), peakBytes: v.number(), unsharedBytes: v.number() });

/** A whole evaluation with its update of L-BFGS, on the pictures of demo/ with the embedded network. */
const Evaluation = v.object({
  ...Line.entries,
  /** Of the square image. */
  size: v.number(),
  /** Milliseconds for one when they are submitted by threes. */
  inThrees: v.array(v.number()),
  /** Targets, recording, planning and compiling, in milliseconds, round by round: only the first compiles. */
  setup: v.array(v.number()),
  /** The first evaluation, to which the driver may have left some compiling. */
  first: v.array(v.number()),
  memory: v.object({
    /** Of all buffers of the job, the most that were alive at once: filters, images, history, all. */
    peakBytes: v.number(),
    bytes: v.number(),
    /** The temporaries of the evaluation. */
    evaluation: Memory,
  }),
  /** The loss at the start and at the end of what was timed, to tell that it was a job indeed. */
  losses: v.tuple([v.number(), v.number()]),
});

const Results = v.object({
  format: v.literal(FORMAT),
  /** The version of Scumble. */
  scumble: v.string(),
  /** When the bench began, as ISO 8601. */
  date: v.string(),
  machine: v.object({
    platform: v.string(),
    processor: v.string(),
    cores: v.number(),
    memoryBytes: v.number(),
    node: v.string(),
  }),
  adapter: v.object({
    vendor: v.string(),
    architecture: v.string(),
    device: v.string(),
    description: v.string(),
    software: v.boolean(),
    features: v.array(v.string()),
  }),
  clock: v.object({
    /** Whose clock `milliseconds` are by. */
    source: v.picklist(['gpu', 'host']),
    /** What all GPU times seen are multiples of, in nanoseconds. */
    stepNanoseconds: v.optional(v.number()),
  }),
  /** The variant that was asked for, if any. */
  variant: v.optional(v.string()),
  /** Present where the bench was stopped before its end. */
  interrupted: v.optional(v.literal(true)),
  /** The most that any line has: fewer than were asked for where it was stopped. */
  rounds: v.number(),
  ceilings: Ceilings,
  /** The speed of the adapter itself, measured again and again while the bench ran: work a second, by round. */
  pulse: v.object({ f32: Rounds, bandwidth: Rounds }),
  evaluations: v.array(Evaluation),
  /** Updates of L-BFGS by history. */
  lbfgs: v.array(Line),
  kernels: v.array(Line),
  /** What was asked for and not measured, and why. */
  leftOut: v.array(v.object({ ...Name.entries, why: v.string() })),
  /** How long the bench took. */
  seconds: v.number(),
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
 * @returns them, or in words what is wrong.
 */
export function readResults(json: unknown): Results | string {
  const read = v.safeParse(Results, json);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const where = v.getDotPath(issue);
  return where ? `${where}: ${issue.message}` : issue.message;
}

/** All lines that were timed, the whole evaluations first. */
export function allLines({ evaluations, lbfgs, kernels }: Lines): Line[] {
  return [...evaluations, ...lbfgs, ...kernels];
}

/** What two runs know a line by. */
export function lineKey({ kernel, direction, shape }: Name): string {
  return `${kernel} ${direction} ${shape}`;
}
