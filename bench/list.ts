import type { Gpu } from '../src/gpu/gpu.js';
import { EVALUATION } from './evaluation.js';
import { LBFGS } from './lbfgs.js';
import { leftOut, type Plan, planVariant, survey } from './plan.js';
import { type Column, table } from './report/table.js';
import { leftOutLines } from './report/text.js';

interface Row {
  kernel: string;
  shape: string;
  /** Those that can take the shape, the one that would run first. */
  variants: readonly string[];
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'kernel', align: 'left', cell: ({ kernel }) => kernel },
  { heading: 'shape', align: 'left', cell: ({ shape }) => shape },
  { heading: 'variants', align: 'left', cell: ({ variants }) => variants.join(' ') },
];

/**
 * What could be measured, with the variants that can take each shape, the one that would run first, and what could not.
 *
 * @throws UserError for a variant that nothing has.
 */
export function listText(gpu: Gpu, wanted: Plan, variant?: string): string {
  const plan = planVariant(gpu, wanted, variant);
  gpu.variants.prefer(variant);
  const names = [...(plan.evaluations ? [EVALUATION] : []), ...(plan.lbfgs ? [LBFGS] : [])];
  const rows = names.map((kernel): Row => ({ kernel, shape: '', variants: [] }));
  const refused = [...plan.leftOut];
  for (const item of plan.cases) {
    const { choices, refusal } = survey(gpu, item);
    const variants = choices.flatMap((choice) => [choice.variant, ...choice.eligible]);
    if (refusal === undefined) rows.push({ ...item, variants: [...new Set(variants)] });
    else refused.push(leftOut(item, refusal));
  }
  return [table(COLUMNS, rows), ...(refused.length > 0 ? [leftOutLines(refused)] : [])].join('\n\n');
}
