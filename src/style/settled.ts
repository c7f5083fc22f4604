import type { LogEntry } from '../lbfgs/index.js';

/**
 * After this many evaluations in a row without a move there will be none: a stop rule that fires ends a step, and the
 * evaluation that opens the next one moves on unless the gradient is too small to.
 */
const UNMOVED = 4;

/** Twice the evaluations that a step may take: where a clamp undoes every move, the history has been replaced by then. */
const UNCHANGED = 50;

/** Whether an optimisation has come to where further evaluations change nothing, by its newest entries. */
export function hasSettled(log: readonly LogEntry[]): boolean {
  const still = log.slice(-UNMOVED);
  if (still.length === UNMOVED && still.every(({ moved, restored }) => !moved && !restored)) return true;
  const same = log.slice(-UNCHANGED);
  return same.length === UNCHANGED && same.every(({ loss }) => loss === same[0]!.loss);
}
