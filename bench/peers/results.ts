import type { Check, Direction, Evaluated, Hello, LbfgsTimes, Memory, Time } from './protocol.js';

/** Samples of each system by name, in the order of the rounds. */
export type Samples<T> = Record<string, T[]>;

export interface EvaluationResult {
  size: number;
  /** Evaluations in a row that each sample is the mean of. */
  counts: Record<string, number>;
  samples: Samples<Evaluated>;
}

export interface LayerResult {
  size: number;
  index: number;
  direction: Direction;
  samples: Samples<Time>;
}

/** Seconds from starting a process to the end of its first evaluation. */
export interface StartupResult {
  size: number;
  /** With nothing tuned and no shader compiled before: Scumble alone. */
  cold: Samples<number>;
  warm: Samples<number>;
  /** What Node takes to start and end with nothing to do. */
  node: number[];
}

export interface CheckResult {
  size: number;
  checks: Record<string, Check>;
}

/** All that a run found out, as --json writes it. */
export interface Results {
  machine: {
    date: string;
    /** Of the working tree, where git tells. */
    commit: string;
    processor: string;
    cores: number;
    memoryBytes: number;
    system: string;
    node: string;
    /** Of a minute, before anything was measured and after: what others did meanwhile. */
    load: [before: number, after: number];
  };
  systems: Record<string, Hello & { label: string }>;
  missing: { name: string; label: string; why: string; howToGet: string }[];
  checks: CheckResult[];
  evaluations: EvaluationResult[];
  layers: LayerResult[];
  lbfgs: { size: number; history: number; samples: Samples<LbfgsTimes> }[];
  memory: { size: number; history: number; samples: Record<string, Memory> }[];
  startup: StartupResult[];
  leftOut: { what: string; system: string; why: string }[];
}

export const PARTS = ['evaluation', 'layers', 'lbfgs', 'memory', 'startup'] as const;
export type Part = (typeof PARTS)[number];
