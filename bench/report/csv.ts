import Papa from 'papaparse';
import { gpuMilliseconds } from '../figures.js';
import { allLines, type Line, type Results } from '../results.js';

const FIELDS: readonly [name: string, of: (line: Line) => string | number | undefined][] = [
  ['kernel', ({ kernel }) => kernel],
  ['direction', ({ direction }) => direction],
  ['shape', ({ shape }) => shape],
  [
    'variants',
    ({ variants }) =>
      Object.entries(variants)
        .map((pair) => pair.join('='))
        .join(' '),
  ],
  ['shaders', ({ steps }) => [...new Set(steps.map(({ shader }) => shader))].join(' ')],
  ['gpu_ms', gpuMilliseconds],
  ['wall_ms', ({ wallMilliseconds }) => wallMilliseconds],
  ['repeats', ({ wall }) => wall.flat().length],
  ['flops', ({ flops }) => flops],
  // Of a whole evaluation nobody has counted them.
  ['bytes', ({ bytes }) => bytes || undefined],
  ['gflops_per_second', ({ gflopsPerSecond }) => gflopsPerSecond],
  ['gigabytes_per_second', ({ bytes, gigabytesPerSecond }) => (bytes > 0 ? gigabytesPerSecond : undefined)],
  ['roofline_fraction', ({ rooflineFraction }) => rooflineFraction],
  ['relative_error', ({ error }) => error?.relative],
  ['error_checked', ({ error }) => error?.checked],
];

/** All lines as comma-separated values (RFC 4180), a heading first; empty where there is no figure. */
export function csvReport(results: Results): string {
  const rows = allLines(results).map((line) => FIELDS.map(([, of]) => of(line) ?? ''));
  return `${Papa.unparse({ fields: FIELDS.map(([name]) => name), data: rows }, { newline: '\r\n' })}\r\n`;
}
