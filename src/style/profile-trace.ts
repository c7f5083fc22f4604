import type { AdapterFacts } from '../gpu/facts.js';
import type { Phase, ProfiledStep } from './profile.js';

/** Of the Trace Event Format: a duration, or a name for a process or a row. Times are microseconds. */
export type TraceEvent =
  | {
      ph: 'X';
      name: string;
      cat: string;
      pid: number;
      tid: number;
      ts: number;
      dur: number;
      args: Readonly<Record<string, string | number>>;
    }
  | { ph: 'M'; name: string; pid: number; tid: number; args: Readonly<Record<string, string | number>> };

/** The JSON object form of the format that chrome://tracing and Perfetto read. */
export interface Trace {
  displayTimeUnit: 'ms';
  otherData: Readonly<Record<string, string>>;
  traceEvents: TraceEvent[];
}

const PID = 1;
const ROWS: readonly Phase[] = ['forward', 'backward', 'update'];

/** One evaluation as a trace: a row a phase, an event a dispatch. */
export function profileTrace(steps: readonly ProfiledStep[], { device, description }: AdapterFacts): Trace {
  const row = (phase: Phase) => 1 + ROWS.indexOf(phase);
  const meta = (name: string, tid: number, args: Record<string, string | number>): TraceEvent => {
    return { ph: 'M', name, pid: PID, tid, args };
  };
  const names = ROWS.filter((phase) => steps.some((step) => step.phase === phase)).flatMap((phase) => [
    meta('thread_name', row(phase), { name: phase }),
    meta('thread_sort_index', row(phase), { sort_index: row(phase) }),
  ]);
  return {
    displayTimeUnit: 'ms',
    otherData: { program: 'Scumble, one evaluation', adapter: `${device}, ${description}` },
    traceEvents: [
      meta('process_name', 0, { name: device || description || 'GPU' }),
      ...names,
      ...steps.map((step): TraceEvent => {
        const { scope, label, phase, begin, milliseconds } = step;
        const name = [scope, label].filter(Boolean).join('/');
        const at = { pid: PID, tid: row(phase), ts: microseconds(begin), dur: microseconds(milliseconds) };
        return { ph: 'X', name, cat: phase, ...at, args: details(step) };
      }),
    ],
  };
}

/** To the nanosecond, as the GPU told it. */
function microseconds(milliseconds: number): number {
  return Math.round(1e6 * milliseconds) / 1e3;
}

function details({ shader, variant, workgroups, flops, milliseconds }: ProfiledStep) {
  return {
    shader,
    ...(variant === undefined ? {} : { variant }),
    workgroups: workgroups.join(' × '),
    flops,
    ...(flops > 0 && milliseconds > 0 ? { 'GFLOP/s': flops / milliseconds / 1e6 } : {}),
  };
}
