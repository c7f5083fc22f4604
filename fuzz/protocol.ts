import type { Verdict } from './verdict.js';

/** What a process that examines is to do: the cases from `begin` to before `end` of a format. */
export interface Task {
  readonly format: string;
  readonly begin: number;
  readonly end: number;
  /** The module whose `openWeights` is examined. */
  readonly reader: string;
}

/** What it says: that it has begun a case, so that a hang can be told, and how a case ended. */
export type Report =
  | { readonly kind: 'begun'; readonly number: number }
  | { readonly kind: 'done'; readonly number: number; readonly size: number; readonly verdict: Verdict }
  | { readonly kind: 'finished' };
