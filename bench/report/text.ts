import { megabytes } from '../../src/gpu/format.js';
import type { Ceilings } from '../ceilings.js';
import { gpuMilliseconds } from '../figures.js';
import type { Peak } from '../probe.js';
import type { Evaluation, Line, Name, Results } from '../results.js';
import { median } from '../statistics.js';
import { type Column, counted, digits, table } from './table.js';

/** All results for a terminal, in plain text. */
export function textReport(results: Results): string {
  const { evaluations, lbfgs, kernels, leftOut } = results;
  const parts = [
    [adapterLine(results), ...ceilingLines(results.ceilings)].join('\n'),
    evaluations.length > 0 && evaluationTable(evaluations),
    (lbfgs.length > 0 || kernels.length > 0) && lineTable([...lbfgs, ...kernels]),
    leftOut.length > 0 && leftOutLines(leftOut),
    noteLines(results).join('\n'),
  ];
  return parts.filter((part) => part !== false && part !== '').join('\n\n');
}

export function adapterName({ adapter: { description, device, vendor } }: Pick<Results, 'adapter'>): string {
  return description || device || vendor || 'An adapter without a name';
}

/** Whose clock, and how coarse. */
export function clockText({ source, stepNanoseconds }: Results['clock']): string {
  if (source === 'host') return "the host's clock alone, for the device has no timestamps";
  if (stepNanoseconds === undefined) return "the GPU's clock";
  const coarse = stepNanoseconds > 1000 ? ', too coarse for short kernels' : '';
  return `the GPU's clock in steps of ${stepNanoseconds.toLocaleString('en')} ns${coarse}`;
}

function adapterLine(results: Results): string {
  const { machine, scumble, clock } = results;
  return (
    `${adapterName(results)}, timed by ${clockText(clock)}\n` +
    `Scumble ${scumble} on Node ${machine.node.slice(1)}, ${machine.cores} × ${machine.processor}, ${machine.platform}`
  );
}

/** The ceilings, one a line, each with the form that reached it. */
export function ceilingLines({
  f32,
  f16,
  bandwidth,
  loads,
  dispatchMicroseconds,
  submitMicroseconds,
}: Ceilings): string[] {
  return [
    `${digits(f32.perSecond / 1e9)} GFLOP/s in float32 multiply-adds (${f32.form})`,
    ...(f16 ? [`${digits(f16.perSecond / 1e9)} GFLOP/s in float16 multiply-adds (${f16.form})`] : []),
    `${digits(bandwidth.perSecond / 1e9)} GB/s in copies (${bandwidth.form})`,
    ...(loads ? [`${digits(loads.perSecond / 1e9)} GB/s in loads out of a cache (${byPlace(loads)})`] : []),
    `${digits(dispatchMicroseconds)} µs for one more dispatch in a pass, ${digits(submitMicroseconds)} µs for a submission of nothing`,
  ];
}

/** "from texels; from a storage buffer 9.1, …": where things lie is for kernels to choose, so all forms are told. */
function byPlace({ form, forms }: Peak): string {
  const others = forms.filter((other) => other.form !== form);
  const told = others.map((other) => `${other.form} ${digits(other.perSecond / 1e9)}`).join(', ');
  return told ? `${form}; ${told}` : form;
}

function gpuText(line: Line): string {
  const milliseconds = gpuMilliseconds(line);
  return milliseconds === undefined ? '' : digits(milliseconds);
}

const EVALUATION_COLUMNS: readonly Column<Evaluation>[] = [
  { heading: 'whole evaluation', align: 'left', cell: ({ size }) => `${size} × ${size}` },
  { heading: 'GPU ms', cell: gpuText },
  { heading: 'wall ms', cell: (line) => digits(line.wallMilliseconds) },
  { heading: 'in threes', cell: ({ inThrees }) => digits(median(inThrees)) },
  { heading: 'GFLOP/s', cell: (line) => digits(line.gflopsPerSecond) },
  { heading: 'roofline', cell: (line) => percent(line.rooflineFraction) },
  { heading: 'set-up ms', cell: ({ setup }) => digits(setup[0]!) },
  { heading: 'again', cell: ({ setup }) => (setup.length > 1 ? digits(median(setup.slice(1))) : '') },
  { heading: 'GPU memory', cell: ({ memory }) => megabytes(memory.peakBytes) },
  { heading: 'of it planned', cell: ({ memory }) => megabytes(memory.evaluation.bytes) },
];

function evaluationTable(evaluations: readonly Evaluation[]): string {
  return [table(EVALUATION_COLUMNS, evaluations), ...shaderLines(evaluations[0]!)].join('\n');
}

/** Which steps of an evaluation multiply most, and by which shaders: those that take 2 % of the operations' time. */
function shaderLines({ steps }: Evaluation): string[] {
  const total = steps.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0);
  const byShader = new Map<string, number>();
  for (const { shader, milliseconds = 0 } of steps)
    byShader.set(shader, (byShader.get(shader) ?? 0) + milliseconds);
  return [...byShader]
    .filter(([, milliseconds]) => milliseconds >= 0.02 * total && total > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([shader, milliseconds]) => `  ${percent(milliseconds / total).padStart(5)}  ${shader}`);
}

const LINE_COLUMNS: readonly Column<Line>[] = [
  { heading: 'kernel', align: 'left', cell: ({ kernel }) => kernel },
  { heading: '', align: 'left', cell: ({ direction }) => direction },
  { heading: 'shape', align: 'left', cell: ({ shape }) => shape },
  { heading: 'variant', align: 'left', cell: variantText },
  { heading: 'GPU ms', cell: gpuText },
  { heading: 'wall ms', cell: (line) => digits(line.wallMilliseconds) },
  { heading: 'GFLOP/s', cell: (line) => digits(line.gflopsPerSecond) },
  { heading: 'GB/s', cell: (line) => digits(line.gigabytesPerSecond) },
  { heading: 'roofline', cell: (line) => percent(line.rooflineFraction) },
  { heading: 'error', cell: errorText },
];

function lineTable(lines: readonly Line[]): string {
  return table(LINE_COLUMNS, lines);
}

/** The variants chosen, without their operations: a line is about one. */
export function variantText({ variants }: Line): string {
  return [...new Set(Object.values(variants))].join(' ');
}

/** "0" or "1.2e-7", with a star where not every element was looked at. */
export function errorText({ error }: Line): string {
  if (!error) return '';
  const text = error.relative === 0 ? '0' : error.relative.toExponential(1);
  return error.checked < error.of ? `${text} *` : text;
}

export function lineText({ kernel, direction, shape }: Name): string {
  return `${kernel} ${direction} on ${shape}`;
}

/** A line that was not measured, and why: some reasons are sentences, others the ends of one. */
export function leftOutText({ why, ...name }: Results['leftOut'][number]): string {
  return `${lineText(name)}: ${why.replace(/\.$/, '')}.`;
}

export function leftOutLines(leftOut: Results['leftOut']): string {
  return leftOut.map((left) => `Left out: ${leftOutText(left)}`).join('\n');
}

/** Of results that are not all that was asked for. */
export const INTERRUPTED = 'The bench was interrupted, so this is only what it had measured by then.';

/** What a reader of the tables should know. */
export function noteLines(results: Results): string[] {
  const { kernels, lbfgs, evaluations, pulse, rounds, seconds, interrupted } = results;
  const lines = [...kernels, ...lbfgs];
  const sampled = kernels.find(({ error }) => error && error.checked < error.of);
  const [low, high] = spread(pulse.f32.flat());
  return [
    ...(interrupted ? [INTERRUPTED] : []),
    ...(lines.length > 0 || evaluations.length > 0
      ? [
          `Times are medians of all repeats in ${counted(rounds, 'round')}; GFLOP/s, GB/s and the share of the ` +
            'roofline are by the GPU where it has a clock. A convolution counts as the direct one, whatever the variant.',
        ]
      : []),
    ...(kernels.some(({ error }) => error)
      ? [
          'Errors are the largest difference from a float64 oracle, relative to the largest number expected' +
            (sampled ? `; * checked at ${sampled.error!.checked} elements of the output.` : '.'),
        ]
      : []),
    ...(high / low > 1.2
      ? [
          `The adapter's own speed went from ${digits(low / 1e9)} to ${digits(high / 1e9)} GFLOP/s meanwhile: something else was ` +
            'running, so measure again on a quiet machine.',
        ]
      : []),
    `Took ${seconds.toFixed(0)} s.`,
  ];
}

/** The tenth part from below and from above, so that one odd beat tells nothing. */
function spread(values: readonly number[]): [low: number, high: number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 1;
  return [at(0.1), at(0.9)];
}

export function percent(fraction: number): string {
  const value = 100 * fraction;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} %`;
}
