import { type TuningRow } from '../tune.js';
import { type Column, digits, table } from './table.js';

const COLUMNS: readonly Column<TuningRow>[] = [
  { heading: 'kernel', align: 'left', cell: ({ kernel }) => kernel },
  { heading: 'shape', align: 'left', cell: ({ shape }) => shape },
  { heading: 'variant', align: 'left', cell: ({ variant }) => variant },
  { heading: 'ms', cell: millisecondsText },
  { heading: 'times', cell: ({ ratio }) => (ratio === undefined ? '' : ratio.toFixed(2)) },
  { heading: 'inside', cell: ({ inside }) => (inside === undefined ? '' : digits(inside)) },
  { heading: '', align: 'left', cell: ({ chosen }) => (chosen ? 'chosen' : '') },
];

/** The table of `scumble bench --tune`, in plain text. */
export function tuneText(rows: readonly TuningRow[]): string {
  return [
    table(COLUMNS, rows),
    '',
    'Milliseconds alone, and as many times the fastest; with ~ estimated from a part of it, for it is out of the question. ' +
      'Where two come close, both were run inside the whole evaluation, and those milliseconds, of all places together, decide.',
  ].join('\n');
}

function millisecondsText({ milliseconds, rough }: TuningRow): string {
  if (milliseconds === undefined) return '';
  return `${rough ? '~' : ''}${digits(milliseconds)}`;
}
