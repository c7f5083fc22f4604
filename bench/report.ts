import type { Measurement } from './measure.js';
import { digits, tableRow, type Column } from './table.js';

const COLUMNS: readonly Column[] = [
  { heading: 'kernel', width: 21, align: 'left' },
  { heading: '', width: 8, align: 'left' },
  { heading: 'shape', width: 19, align: 'left' },
  { heading: 'ms', width: 7, align: 'right' },
  { heading: 'wall ms', width: 7, align: 'right' },
  { heading: 'GFLOP/s', width: 7, align: 'right' },
  { heading: 'GB/s', width: 7, align: 'right' },
  { heading: 'roofline', width: 8, align: 'right' },
  { heading: 'shaders', width: 0, align: 'left' },
];

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
    `${(100 * m.rooflineFraction).toFixed(0)} %`,
    [...new Set(m.steps.map(({ shader }) => shader))].join(' '),
  ]);
}
