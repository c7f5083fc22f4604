import { UserError } from '../errors.js';

/** The most pairs a history may hold: the recursion gives each a lane of one workgroup. */
export const MAX_HISTORY = 255;

/** What LbfgsOptions.historyBits may be. */
export const HISTORY_BITS = [16, 32] as const;
/** Bits that a number of the history takes. */
export type HistoryBits = (typeof HISTORY_BITS)[number];

/** Every variable is kept within low ≤ x ≤ high. */
export interface Bounds {
  low: number;
  high: number;
}

/** How the optimiser goes; the names in parentheses are those of `torch.optim.LBFGS`. */
export interface LbfgsOptions {
  /** What each step is multiplied by (PyTorch's `lr`). Default 1. */
  learningRate?: number;
  /** Iterations in a step (PyTorch's `max_iter`). Default 20. */
  maxIterations?: number;
  /** Evaluations in a step (PyTorch's `max_eval`). Default 1.25 · maxIterations, rounded down. */
  maxEvaluations?: number;
  /** A gradient this small ends a step (PyTorch's `tolerance_grad`). Default 1e-5. */
  toleranceGradient?: number;
  /** A step, or a change of the loss, this small ends a step (PyTorch's `tolerance_change`). Default 1e-9. */
  toleranceChange?: number;
  /** How many pairs (s, y) are remembered, 1 to 255 (PyTorch's `history_size`). Default 100. */
  history?: number;
  /**
   * Bits that a number of the history takes. 32: a float32. 16: block floating point, in which eight neighbours share the
   * exponent of the largest and are rounded to 15 bits, sign included, so that none is further off than 2⁻¹⁴ of the
   * largest. That is half the memory and time, and no loss where the gradient itself is no more exact than that, as one
   * of many float32 convolutions is; a small problem that is solved to many digits wants 32. Default 32.
   */
  historyBits?: HistoryBits;
  /**
   * What the tolerances are compared with: the sums of |g| and |d·t|, as PyTorch did in 2017, or their maxima, as
   * it does today (which also tests the slope before the move instead of after). Default '2017'.
   */
  stopRule?: '2017' | 'maxima';
  /** Box constraints. Default none. */
  bounds?: Bounds;
  /**
   * 'robust': s is the step really taken, the gradient is projected onto the box, the best x is kept, a diverging
   * run goes back to it, and nothing but a small gradient ends the run. 'seed': what torch.optim.LBFGS does when
   * the closure clamps x (with no bounds: exactly torch.optim.LBFGS). Default 'robust'.
   */
  mode?: 'robust' | 'seed';
  /** Caps what is bound in one piece, below the device's own limit. For tests. */
  maxBindingBytes?: number;
}

export type ResolvedOptions = Required<Omit<LbfgsOptions, 'bounds' | 'maxBindingBytes'>> & {
  bounds: Bounds | undefined;
  maxBindingBytes: number | undefined;
};

/**
 * Fills in the defaults.
 *
 * @throws UserError for a value that makes no sense.
 */
export function resolveOptions(options: LbfgsOptions): ResolvedOptions {
  const maxIterations = options.maxIterations ?? 20;
  const resolved: ResolvedOptions = {
    learningRate: options.learningRate ?? 1,
    maxIterations,
    maxEvaluations: options.maxEvaluations ?? Math.floor((maxIterations * 5) / 4),
    toleranceGradient: options.toleranceGradient ?? 1e-5,
    toleranceChange: options.toleranceChange ?? 1e-9,
    history: options.history ?? 100,
    historyBits: options.historyBits ?? 32,
    stopRule: options.stopRule ?? '2017',
    mode: options.mode ?? 'robust',
    bounds: options.bounds,
    maxBindingBytes: options.maxBindingBytes,
  };
  const whole = (name: 'history' | 'maxIterations' | 'maxEvaluations', most: number) => {
    const value = resolved[name];
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new UserError(`L-BFGS takes a whole number from 1 to ${most} as its ${name}, not ${value}.`);
    }
  };
  whole('history', MAX_HISTORY);
  whole('maxIterations', 1e9);
  whole('maxEvaluations', 1e9);
  if (!HISTORY_BITS.includes(resolved.historyBits)) {
    throw new UserError(
      `L-BFGS takes ${HISTORY_BITS.join(' or ')} as its historyBits, not ${resolved.historyBits}.`,
    );
  }
  if (!(resolved.learningRate > 0 && Number.isFinite(resolved.learningRate))) {
    throw new UserError(`L-BFGS takes a learning rate above 0, not ${resolved.learningRate}.`);
  }
  for (const name of ['toleranceGradient', 'toleranceChange'] as const) {
    if (!(resolved[name] >= 0)) {
      throw new UserError(`L-BFGS takes a ${name} of 0 or more, not ${resolved[name]}.`);
    }
  }
  const { bounds } = resolved;
  if (bounds && !(bounds.low < bounds.high)) {
    throw new UserError(
      `L-BFGS takes bounds with low below high, not ${bounds.low} and ${bounds.high}; leave them out for none.`,
    );
  }
  return resolved;
}
