import { digits, table } from '../../bench/report/table.js';
import type { ProfiledStep } from '../style/profile.js';
import { type KernelTime, summariseKernels } from '../style/profile-summary.js';

/** What an evaluation's time goes into, for a person to read. */
export function profileTable(steps: readonly ProfiledStep[], path: string): string {
  const total = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const kernels = table<KernelTime>(
    [
      { heading: 'operation', align: 'left', cell: ({ operation }) => operation },
      { heading: 'shader', align: 'left', cell: ({ shader }) => shader },
      { heading: 'calls', cell: ({ calls }) => String(calls) },
      { heading: 'ms', cell: ({ milliseconds }) => digits(milliseconds) },
      { heading: 'share', cell: ({ share }) => `${(100 * share).toFixed(1)} %` },
      { heading: 'GFLOP/s', cell: rate },
    ],
    summariseKernels(steps),
  );
  const sum = `${digits(total)} ms in ${steps.length} dispatches, each timed by itself; in order in ${path}`;
  return `One evaluation by kernel: ${sum}.\n${kernels}`;
}

/** Empty for what does no arithmetic to speak of. */
function rate({ flops, milliseconds }: KernelTime): string {
  return flops > 0 && milliseconds > 0 ? digits(flops / milliseconds / 1e6) : '';
}
