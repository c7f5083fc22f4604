/** What `scumble bench` is asked for. */
export interface BenchRequest {
  /** Names of kernels; all, and the whole evaluation and L-BFGS, where there are none. */
  kernel?: readonly string[];
  /** Sides of the image. */
  size: readonly number[];
  /** A variant to run wherever an operation has it, and then only the lines that do. */
  variant?: string;
  /** Lengths of L-BFGS's history. */
  history: readonly number[];
  adapter?: string;
  /** How often all is measured. */
  rounds: number;
  /** The most seconds that one run of a kernel may take. */
  patience: number;
  /** Say what could be measured, and measure nothing. */
  list?: boolean;
  /** Time the variants of the evaluations' kernels, remember the fastest, and measure nothing else. */
  tune?: boolean;
  /** A file of earlier results to report on instead of measuring. */
  from?: string;
  /** A file of earlier results to compare with. */
  compare?: string;
  json?: string;
  csv?: string;
  html?: string;
}

/** What is asked for by no more than `scumble bench`. */
export const BENCH_DEFAULTS = {
  size: [128, 256],
  history: [10, 20, 50, 100],
  rounds: 3,
  patience: 1,
} as const satisfies BenchRequest;
