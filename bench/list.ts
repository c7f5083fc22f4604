import type { Gpu } from '../src/gpu/gpu.js';
import { EVALUATION } from './evaluation.js';
import { LBFGS } from './lbfgs.js';
import { type Plan, survey } from './plan.js';
import { type Column, table } from './report/table.js';

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

/** What could be measured, with the variants that can take each shape, the one that would run first. */
export function listText(gpu: Gpu, { evaluations, lbfgs, cases }: Plan): string {
  const whole = [...(evaluations ? [EVALUATION] : []), ...(lbfgs ? [LBFGS] : [])];
  const rows = cases.map((item): Row => {
    const choices = survey(gpu, item);
    const variants = choices.flatMap(({ variant, eligible }) => [variant, ...eligible]);
    return { ...item, variants: [...new Set(variants)] };
  });
  return table(COLUMNS, [...whole.map((kernel): Row => ({ kernel, shape: '', variants: [] })), ...rows]);
}
