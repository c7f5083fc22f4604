/** The committed PyTorch figures of test/fixtures/pytorch (see its README), with their types. */
import type { ImageName } from './seeded.js';

interface Fixture {
  /** What the file holds, in words. */
  readonly about: string;
  readonly madeWith: { readonly torch: string; readonly numpy: string; readonly python: string };
}

/** Which stopping rule: sums of |g| and |d·t| (2017) or maxima (today's). */
export type StopRule = 'sum' | 'max';

/** A tensor of which every `stride`-th value (from index 0, flat NCHW order) is kept. */
export interface SampledTensor {
  readonly shape: readonly number[];
  readonly stride: number;
  readonly f32: readonly number[];
  readonly f64: readonly number[];
  /** L2 norm of the whole float64 tensor. */
  readonly norm: number;
  /** ‖f32 - f64‖ / ‖f64‖ over the whole tensor, inside PyTorch. */
  readonly f32Error: number;
}

export interface PassLosses {
  /** conv_1 … conv_5. */
  readonly style: readonly number[];
  readonly content: number;
  readonly total: number;
}

export interface SeedPass {
  readonly height: number;
  readonly width: number;
  readonly gain: number;
  readonly start: ImageName;
  readonly layers: readonly (SampledTensor & { readonly name: string })[];
  readonly losses: { readonly f32: PassLosses; readonly f64: PassLosses };
  readonly gradient: SampledTensor;
}

/** Weighted style and content scores, one entry an evaluation. */
export interface Scores {
  readonly style: readonly number[];
  readonly content: readonly number[];
}

export interface SeedTrace {
  /** Height and width. */
  readonly size: number;
  readonly gain: number;
  readonly rule: StopRule;
  readonly clamp: true;
  /** Evaluations of each step(), for each precision. */
  readonly steps: { readonly f32: readonly number[]; readonly f64: readonly number[] };
  readonly f32: Scores;
  readonly f64: Scores;
  /** Per evaluation: the larger of the style's and the content's relative difference between f32 and f64. */
  readonly f32Error: readonly number[];
  readonly f32ErrorOfFirst20: number;
}

export interface SeedLongRun {
  readonly size: number;
  readonly gain: number;
  readonly rule: 'sum';
  readonly clamp: false;
  /** The evaluations (from 1) that the scores belong to. */
  readonly evaluations: readonly number[];
  readonly f32: Scores;
  readonly f32TwoThreads: Scores;
  readonly f64: Scores;
  readonly f32ErrorAtEnd: number;
  readonly threadsErrorAtEnd: number;
}

export interface SeedRunFixture extends Fixture {
  readonly objective: { readonly styleWeight: number; readonly contentWeight: number };
  readonly checksums: {
    readonly streams: readonly { readonly seed: number; readonly count: number; readonly sha256: string }[];
    readonly weights: readonly {
      readonly gain: number;
      readonly layer: number;
      readonly weight: string;
      readonly bias: string;
    }[];
    readonly images: readonly {
      readonly name: ImageName;
      readonly height: number;
      readonly width: number;
      readonly sha256: string;
    }[];
  };
  readonly passes: readonly SeedPass[];
  readonly traces: readonly SeedTrace[];
  readonly longRuns: readonly SeedLongRun[];
}

export type StopReason =
  'gradient-at-entry' | 'max-iter' | 'max-eval' | 'gradient' | 'slope' | 'step' | 'loss';

export interface LbfgsRun {
  readonly losses: readonly number[];
  readonly steps: readonly {
    readonly evaluations: number;
    readonly stop: StopReason;
    readonly x: readonly number[];
  }[];
  /** Where each evaluation took place; float64 runs of the small problems only. */
  readonly points?: readonly (readonly number[])[];
}

export interface LbfgsCase {
  readonly problem: 'rosenbrock-2' | 'rosenbrock-10' | 'quadratic-50';
  readonly start: readonly number[];
  readonly rule: StopRule;
  readonly lineSearch: 'strong_wolfe' | null;
  readonly lr: number;
  readonly maxIter: number;
  readonly maxEval: number;
  readonly toleranceGrad: number;
  readonly toleranceChange: number;
  readonly history: number;
  readonly f32: LbfgsRun;
  readonly f64: LbfgsRun;
}

export interface LbfgsFixture extends Fixture {
  readonly quadraticSha256: string;
  readonly cases: readonly LbfgsCase[];
}

interface DifferentiatedCase<Inputs extends string> {
  /** Input shape, N C H W. */
  readonly shape: readonly number[];
  readonly seeds: Readonly<Record<Inputs | 'gradient', number>>;
  readonly outputShape: readonly number[];
  readonly output: readonly number[];
  readonly gradients: Readonly<Record<Inputs, readonly number[]>>;
}

export interface ConvolutionCase extends DifferentiatedCase<'input' | 'weight' | 'bias'> {
  /** Cout, Cin, kh, kw. */
  readonly weightShape: readonly number[];
  /** y, x. */
  readonly stride: readonly [number, number];
  /** Top, right, bottom, left. */
  readonly padding: readonly [number, number, number, number];
}

export interface PoolCase extends DifferentiatedCase<'input'> {
  /** 0: signed inputs; otherwise quantised to this many levels. */
  readonly levels: number;
  /** All y, x. */
  readonly window: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly ceil: boolean;
}

export interface LossCase {
  readonly count: number;
  /** w of mean((w·a - w·b)²). */
  readonly weight: number;
  readonly seeds: { readonly input: number; readonly target: number };
  readonly loss: number;
  readonly gradient: readonly number[];
}

export interface ResizeCase {
  /** Height, width. */
  readonly source: readonly [number, number];
  readonly target: readonly [number, number];
  readonly seed: number;
  readonly output: readonly number[];
  readonly pillow: readonly number[];
  /** Largest distance between PyTorch's float64 and Pillow's float32 answer. */
  readonly pillowDistance: number;
}

export interface KernelsFixture extends Fixture {
  readonly convolutions: readonly ConvolutionCase[];
  readonly maxPools: readonly PoolCase[];
  readonly averagePools: readonly PoolCase[];
  readonly grams: readonly DifferentiatedCase<'input'>[];
  readonly losses: readonly LossCase[];
  readonly resizes: readonly ResizeCase[];
}

interface Fixtures {
  'seed-run': SeedRunFixture;
  lbfgs: LbfgsFixture;
  kernels: KernelsFixture;
}

/** Reads one of the fixtures, in Node and in a browser alike. */
export async function loadFixture<Name extends keyof Fixtures>(name: Name): Promise<Fixtures[Name]> {
  const file = (await import(`../fixtures/pytorch/${name}.json`)) as { default: Fixtures[Name] };
  return file.default;
}
