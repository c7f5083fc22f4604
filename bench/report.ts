import type { AdapterFacts } from '../src/gpu/facts.js';
import { megabytes } from '../src/gpu/format.js';
import type { EvaluationMeasurement } from './evaluation.js';
import type { Measurement, Name } from './measure.js';
import type { Roofline } from './roofline.js';
import { digits, tableRow, type Column } from './table.js';

const COLUMNS: readonly Column[] = [
  { heading: 'kernel', width: 18, align: 'left' },
  { heading: '', width: 8, align: 'left' },
  { heading: 'shape', width: 21, align: 'left' },
  { heading: 'ms', width: 7, align: 'right' },
  { heading: 'wall ms', width: 7, align: 'right' },
  { heading: 'GFLOP/s', width: 7, align: 'right' },
  { heading: 'GB/s', width: 7, align: 'right' },
  { heading: 'roofline', width: 8, align: 'right' },
  { heading: 'shaders', width: 0, align: 'left' },
];

const EVALUATION_COLUMNS: readonly Column[] = [
  { heading: 'whole evaluation', width: 16, align: 'left' },
  { heading: 'wall ms', width: 7, align: 'right' },
  { heading: 'in threes', width: 9, align: 'right' },
  { heading: 'kernels', width: 7, align: 'right' },
  { heading: 'GFLOP/s', width: 7, align: 'right' },
  { heading: 'roofline', width: 8, align: 'right' },
  { heading: 'set-up', width: 6, align: 'right' },
  { heading: 'GPU memory', width: 10, align: 'right' },
  { heading: 'of it planned', width: 13, align: 'right' },
];

export function adapterLine({ description, device, vendor }: AdapterFacts, clock: string): string {
  return `${description || device || vendor || 'An adapter without a name'}, timed by ${clock}`;
}

export function rooflineLine({ flops, bandwidth }: Roofline): string {
  return `${digits(flops / 1e9)} GFLOP/s in float32 multiply-adds, ${digits(bandwidth / 1e9)} GB/s in copies`;
}

/** How far the adapter's peak may wander before what is held against it means little. */
const DRIFT = 1.2;

/** A warning where the adapter was not equally fast at the beginning and at the end, else undefined. */
export function driftLine(before: number, after: number): string | undefined {
  if (Math.max(before / after, after / before) < DRIFT) return undefined;
  return (
    `Multiply-adds went from ${digits(before / 1e9)} to ${digits(after / 1e9)} GFLOP/s meanwhile: something else was ` +
    'running, so measure again on a quiet machine.'
  );
}

export function headingLine(): string {
  return tableRow(
    COLUMNS,
    COLUMNS.map(({ heading }) => heading),
  );
}

export function measurementLine(m: Measurement): string {
  return tableRow(COLUMNS, [
    m.kernel,
    m.direction,
    m.shape,
    digits(m.milliseconds),
    digits(m.wallMilliseconds),
    digits(m.gflopsPerSecond),
    digits(m.gigabytesPerSecond),
    percent(m.rooflineFraction),
    [...new Set(m.steps.map(({ shader }) => shader))].join(' '),
  ]);
}

export function leftOutLine({ kernel, direction, shape, why }: Name & { why: string }): string {
  return `${tableRow(COLUMNS.slice(0, 3), [kernel, direction, shape]).padEnd(51)}  left out: ${why}`;
}

export function evaluationHeading(): string {
  return tableRow(
    EVALUATION_COLUMNS,
    EVALUATION_COLUMNS.map(({ heading }) => heading),
  );
}

export function evaluationLine({
  size,
  wallMilliseconds: wall,
  program,
  memory,
}: EvaluationMeasurement): string {
  return tableRow(EVALUATION_COLUMNS, [
    `${size} × ${size}`,
    digits(wall.single),
    digits(wall.inThrees),
    digits(program.milliseconds),
    digits(program.gflopsPerSecond),
    percent(program.rooflineFraction),
    digits(wall.setup),
    megabytes(memory.peakBytes),
    megabytes(memory.evaluation.bytes),
  ]);
}

/** Which convolutions ran by which shader, one line a shader. */
export function convolutionLines(convolutions: readonly string[]): string {
  const byShader = new Map<string, string[]>();
  for (const convolution of convolutions) {
    const [place = '', shader = ''] = convolution.split(': ');
    byShader.set(shader, [...(byShader.get(shader) ?? []), place]);
  }
  return [...byShader].map(([shader, places]) => `${shader}: ${places.join(' ')}`).join('\n');
}

function percent(fraction: number): string {
  const value = 100 * fraction;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} %`;
}
