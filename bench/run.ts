import { UserError } from '../src/errors.js';
import type { AdapterFacts } from '../src/gpu/facts.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { canTimeSteps } from '../src/gpu/timing.js';
import { DEFAULTS } from '../src/style/options.js';
import { type EvaluationMeasurement, measureEvaluation } from './evaluation.js';
import { casesAt } from './kernels.js';
import { measureLbfgs } from './lbfgs.js';
import { type Case, measureCase, type Measurement, type Name, TooLong } from './measure.js';
import { checkNames, type Options } from './options.js';
import type { Progress } from './progress.js';
import * as report from './report.js';
import { measureFlops, measureRoofline, type Roofline } from './roofline.js';

/** All that the bench found out, as --json writes it. */
export interface Report {
  adapter: AdapterFacts;
  /** Whose clock the kernels' `milliseconds` are by. */
  clock: string;
  roofline: Roofline;
  /** The roofline's multiply-adds measured again when all else was done: another figure tells of a busy machine. */
  flopsAtEnd: number;
  evaluations: EvaluationMeasurement[];
  kernels: Measurement[];
  /** What was asked for and not measured, and why. */
  leftOut: (Name & { why: string })[];
}

const EVALUATION = 'evaluation';
const LBFGS = 'lbfgs.update';

/** Checks what can be checked before anything is measured. */
export function plan({ kernel, size }: Options): { cases: Case[]; wants: (name: string) => boolean } {
  const cases = size.flatMap(casesAt);
  if (kernel) checkNames(kernel, new Set([EVALUATION, LBFGS, ...cases.map((item) => item.kernel)]));
  const wants = (name: string) => !kernel || kernel.includes(name);
  return { cases: cases.filter((item) => wants(item.kernel)), wants };
}

/** Measures all that the options ask for, in the order of interest, and prints each figure as soon as it is there. */
export async function runBench(gpu: Gpu, options: Options, progress: Progress): Promise<Report> {
  const { cases, wants } = plan(options);
  const force = (on: Gpu) =>
    options.force.forEach(([operation, variant]) => on.variants.force(operation, variant));
  force(gpu);
  const clock = canTimeSteps(gpu.device) ? "the GPU's clock" : "the host's clock";
  progress.print(report.adapterLine(gpu.facts, clock));
  progress.show('Measuring multiply-adds and copies …');
  const roofline = await measureRoofline(gpu);
  progress.print(`${report.rooflineLine(roofline)}\n`);
  const done: Report = {
    adapter: gpu.facts,
    clock,
    roofline,
    flopsAtEnd: roofline.flops,
    evaluations: [],
    kernels: [],
    leftOut: [],
  };

  if (wants(EVALUATION)) {
    progress.print(report.evaluationHeading());
    for (const size of options.size) {
      progress.show(`Measuring whole evaluations at ${size}² …`);
      const name = { kernel: EVALUATION, direction: 'both', shape: `3 @ ${size}²` } as const;
      const measured = await attempt(name, () => measureEvaluation(gpu, roofline, size, force));
      if (measured) {
        done.evaluations.push(measured);
        progress.print(report.evaluationLine(measured));
      }
    }
    const [{ convolutions } = { convolutions: [] }] = done.evaluations;
    if (convolutions.length > 0) progress.print(report.convolutionLines(convolutions));
    progress.print('');
  }

  if (wants(LBFGS) || cases.length > 0) progress.print(report.headingLine());
  if (wants(LBFGS)) {
    for (const size of options.size) {
      const name = { kernel: LBFGS, direction: 'forward', shape: `3 @ ${size}²` } as const;
      progress.show(`Filling a history of ${DEFAULTS.history} at ${size}² …`);
      keep(await attempt(name, () => measureLbfgs(gpu, roofline, size, DEFAULTS.history)));
    }
  }
  /** Seconds an operation, by the last line of each kernel. */
  const pace = new Map<string, number>();
  for (const [i, item] of cases.entries()) {
    progress.show(`Measuring ${item.kernel} on ${item.shape} (${i + 1} of ${cases.length}) …`);
    const guess = (flops: number) => flops * (pace.get(item.kernel) ?? 0);
    const measured = await attempt(item, () =>
      measureCase(gpu, roofline, item, guess, 1e3 * options.patience),
    );
    if (measured) pace.set(item.kernel, measured.milliseconds / measured.flops);
    keep(measured);
  }
  progress.show('Measuring multiply-adds once more …');
  done.flopsAtEnd = await measureFlops(gpu);
  const drift = report.driftLine(roofline.flops, done.flopsAtEnd);
  if (drift !== undefined) progress.print(`\n${drift}`);
  progress.clear();
  return done;

  function keep(measured: Measurement | undefined): void {
    if (!measured) return;
    done.kernels.push(measured);
    progress.print(report.measurementLine(measured));
  }

  /** Undefined, and a line that says why, for what takes too long, does not fit, or a forced variant cannot do. */
  async function attempt<T>(
    { kernel, direction, shape }: Name,
    measure: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof TooLong || error instanceof RangeError || error instanceof UserError))
        throw error;
      const left = { kernel, direction, shape, why: error.message };
      done.leftOut.push(left);
      progress.print(report.leftOutLine(left));
      return undefined;
    }
  }
}
