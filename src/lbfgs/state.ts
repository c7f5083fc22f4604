/**
 * @file What the host can see of the optimiser: the layouts of `State` and of the log in shaders/lbfgs_control.wgsl
 * and lbfgs_decide.wgsl, decoded.
 */

/** The fields of the shaders' State, in order; 'u' is u32, 'f' is f32. */
const FIELDS = {
  evaluations: 'u',
  iterations: 'u',
  inStep: 'u',
  stepEvaluations: 'u',
  stepIterations: 'u',
  pending: 'u',
  hasBest: 'u',
  loss: 'f',
  previousLoss: 'f',
  slope: 'f',
  movedSum: 'f',
  movedMax: 'f',
  scale: 'f',
  stepFactor: 'f',
  bestLoss: 'f',
  bestEvaluation: 'u',
  firstGradient: 'f',
  gradientSquared: 'f',
  reason: 'u',
  restarts: 'u',
  gradientSum: 'f',
  gradientMax: 'f',
  length: 'f',
  steps: 'u',
} as const;

/** The counters and scalars of the optimiser, as the GPU has them. */
export type State = Record<keyof typeof FIELDS, number>;

export const STATE_FIELDS = Object.keys(FIELDS).length;

/** Evaluations that the log, a ring, holds. */
export const LOG_ENTRIES = 1024;

/** Why a step ended, or what the guard did, by number: the constants in the shaders. */
const REASONS = [
  'none',
  'gradient-at-entry',
  'max-eval',
  'gradient',
  'slope',
  'step',
  'loss',
  'max-iter',
  'not-finite',
  'jump',
  'stalled',
  'ascent',
] as const;

/** Why a step ended, or what the guard did; 'none' while a step goes on. */
export type Reason = (typeof REASONS)[number];

const FLAGS = {
  moved: 2,
  best: 4,
  restored: 8,
  steepest: 16,
  kept: 32,
  opensStep: 64,
  dropped: 128,
} as const;

/** One evaluation and what the optimiser did after it. */
export interface LogEntry {
  /** From 1. */
  evaluation: number;
  loss: number;
  /** Σ|g|, or max |g| with the rule 'maxima'; of the projected gradient in the robust mode. */
  gradient: number;
  /** t, the multiple of d by which x moved, where it did. */
  length: number;
  reason: Reason;
  /** x was moved. */
  moved: boolean;
  /** This evaluation is the best so far. */
  best: boolean;
  /** x was put back to the best. */
  restored: boolean;
  /** The direction was replaced by steepest descent. */
  steepest: boolean;
  /** The pair (s, y) entered the history. */
  kept: boolean;
  /** This evaluation was the entry evaluation of a step. */
  opensStep: boolean;
  /** The history was emptied. */
  dropped: boolean;
}

export function decodeState(words: Float32Array): State {
  const bits = new Uint32Array(words.buffer, words.byteOffset, words.length);
  const entries = Object.entries(FIELDS).map(([name, type], i) => [name, type === 'u' ? bits[i] : words[i]]);
  return Object.fromEntries(entries) as State;
}

/** The newest entries of the ring, oldest first: `evaluations` of them, or as many as it holds. */
export function decodeLog(words: Float32Array, evaluations: number): LogEntry[] {
  const bits = new Uint32Array(words.buffer, words.byteOffset, words.length);
  const held = Math.min(evaluations, LOG_ENTRIES);
  return Array.from({ length: held }, (_, i) => {
    const index = evaluations - held + i;
    const at = 4 * (index % LOG_ENTRIES);
    const flags = bits[at + 1]!;
    const has = (flag: number) => (flags & flag) !== 0;
    return {
      evaluation: index + 1,
      loss: words[at]!,
      gradient: words[at + 2]!,
      length: words[at + 3]!,
      reason: REASONS[flags >>> 16] ?? 'none',
      moved: has(FLAGS.moved),
      best: has(FLAGS.best),
      restored: has(FLAGS.restored),
      steepest: has(FLAGS.steepest),
      kept: has(FLAGS.kept),
      opensStep: has(FLAGS.opensStep),
      dropped: has(FLAGS.dropped),
    };
  });
}
