import type { Step } from '../dispatch.js';
import { compileCopy } from '../encoding.js';

/** A step may run this much more than the share asked for, for want of workgroups to leave out. */
const TOLERANCE = 1.25;

/**
 * The same steps with about `share` (0 to 1) of each one's workgroups, cut off the longest axis: what they write is
 * incomplete, but they take about that share of the time. Undefined where a step has too few workgroups to cut so. Of
 * copies that share of the rows is left.
 */
export function truncate<S extends Step>(steps: readonly S[], share: number): S[] | undefined {
  const cut: S[] = [];
  for (const step of steps) {
    if ('pieces' in step) {
      const pieces = step.pieces.map((piece) => ({ ...piece, rows: Math.ceil(piece.rows * share) }));
      cut.push({
        ...step,
        pieces,
        ...('compiled' in step && { compiled: compileCopy({ ...step, pieces }) }),
      });
      continue;
    }
    const axis = step.workgroups.indexOf(Math.max(...step.workgroups));
    const kept = Math.ceil(step.workgroups[axis]! * share);
    if (kept > step.workgroups[axis]! * share * TOLERANCE) return undefined;
    const [x, y, z] = step.workgroups.map((count, i) => (i === axis ? kept : count)) as [
      number,
      number,
      number,
    ];
    cut.push({ ...step, workgroups: [x, y, z] });
  }
  return cut;
}
