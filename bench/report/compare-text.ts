import type { Change, Comparison } from '../compare.js';
import { type Column, counted, digits, table } from './table.js';
import { lineText } from './text.js';

const COLUMNS: readonly Column<Change>[] = [
  { heading: '', align: 'left', cell: ({ verdict }) => (verdict === 'same' ? '' : verdict) },
  { heading: 'kernel', align: 'left', cell: ({ kernel }) => kernel },
  { heading: '', align: 'left', cell: ({ direction }) => direction },
  { heading: 'shape', align: 'left', cell: ({ shape }) => shape },
  { heading: 'before', cell: ({ before }) => digits(before) },
  { heading: 'after ms', cell: ({ after }) => digits(after) },
  { heading: 'ratio', cell: ({ ratio }) => `${digits(ratio)}×` },
  { heading: 'interval', cell: (change) => intervalText(change) },
  { heading: 'variant', align: 'left', cell: variantChange },
];

/** A comparison for a terminal. */
export function comparisonText(comparison: Comparison): string {
  const { changes, remarks } = comparison;
  return [
    `Compared with the run of ${comparison.since}:`,
    ...remarks,
    ...(changes.length > 0 ? [table(COLUMNS, changes)] : []),
    ...unpaired(comparison),
    bandSentence(comparison),
    verdictSentence(comparison),
  ].join('\n');
}

export function intervalText({ low, high }: { low: number; high: number }): string {
  return `${digits(low)}–${digits(high)}`;
}

export function variantChange({ variants }: Change): string {
  return variants ? `${variants.before || 'one'} → ${variants.after || 'one'}` : '';
}

/** Sentences on the lines of one run alone. */
export function unpaired({ added, missing }: Comparison): string[] {
  return [
    ...(added.length > 0 ? [`Not in the older run: ${added.map(lineText).join('; ')}.`] : []),
    ...(missing.length > 0 ? [`Not measured this time: ${missing.length} of its lines.`] : []),
  ];
}

/** What the adapter itself did, and what therefore counts as a change. */
export function bandSentence({ adapter, band, clock }: Comparison): string {
  const { f32, bandwidth } = adapter;
  return (
    `Ratios are of medians by ${clock === 'gpu' ? "the GPU's clock" : "the host's clock"}, with 99 % bootstrap intervals. ` +
    `The adapter itself took ${digits(f32.ratio)}× as long (${intervalText(f32)}) for the same multiply-adds and ` +
    `${digits(bandwidth.ratio)}× (${intervalText(bandwidth)}) for the same copies, so a line counts as changed when its ` +
    `whole interval lies beyond ${intervalText(band)}.`
  );
}

export function verdictSentence({ changes }: Comparison): string {
  const count = (verdict: Change['verdict']) => changes.filter((change) => change.verdict === verdict).length;
  if (changes.length === 0) return 'The two runs have no line in common.';
  const [slower, faster] = [count('slower'), count('faster')];
  return `Of ${counted(changes.length, 'line')}, ${slower} got slower and ${faster} got faster beyond noise.`;
}
