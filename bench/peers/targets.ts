/** @file The ratios that the comparison is made for, and what they should be. */
import { LAYERS } from './layers.js';
import type { Time } from './protocol.js';
import type { Results } from './results.js';
import { ratios, type Spread, spread } from './statistics.js';
import { SCUMBLE } from './systems.js';

export type Clock = keyof Time;

export interface Target {
  what: string;
  /** What it should be at least (or at most), and what would be better. */
  bar: number;
  aim: number;
  better: 'higher' | 'lower';
  /** What follows the number: "×", " %", " s". */
  unit: string;
  /** Undefined where this run did not measure it. */
  value(results: Results, clock: Clock): Spread | undefined;
  /** Whether it makes sense by CPU time too. */
  byCpu: boolean;
}

/** How often Scumble's time goes into a peer's, round by round. */
function speed(peer: string, size: number): Pick<Target, 'value' | 'byCpu' | 'unit' | 'better'> {
  return {
    unit: '×',
    better: 'higher',
    byCpu: true,
    value(results, clock) {
      const at = results.evaluations.find((result) => result.size === size);
      return quotient(at?.samples[peer], at?.samples[SCUMBLE], clock);
    },
  };
}

/** Over the layers forward and backward, each with the median of its rounds: the middle one, the worst and the best. */
function layerSpeed(peer: string): Pick<Target, 'value' | 'byCpu' | 'unit' | 'better'> {
  return {
    unit: '×',
    better: 'higher',
    byCpu: true,
    value({ layers }, clock) {
      const each = layers.flatMap(({ samples }) => {
        const one = quotient(samples[peer], samples[SCUMBLE], clock);
        return one ? [one.median] : [];
      });
      return each.length === 2 * LAYERS.length ? spread(each) : undefined;
    },
  };
}

export const TARGETS: readonly Target[] = [
  { what: 'evaluation 128², speed over tfjs', bar: 10, aim: 20, ...speed('tfjs', 128) },
  { what: 'evaluation 128², speed over jax-js', bar: 10, aim: 20, ...speed('jax-js', 128) },
  { what: 'evaluation 128², speed over PyTorch on the CPU', bar: 0.5, aim: 1, ...speed('torch-cpu', 128) },
  { what: 'convolutions, speed over jax-js (middle, worst–best)', bar: 5, aim: 12, ...layerSpeed('jax-js') },
  { what: 'convolutions, speed over tfjs (middle, worst–best)', bar: 5, aim: 12, ...layerSpeed('tfjs') },
  {
    what: 'L-BFGS with 100 pairs at 512², of an evaluation with it',
    bar: 5,
    aim: 2,
    better: 'lower',
    unit: ' %',
    byCpu: true,
    value({ lbfgs }, clock) {
      const at = lbfgs.find(({ size, history }) => size === 512 && history === 100)?.samples[SCUMBLE];
      if (!at?.length) return undefined;
      return spread(
        at.map(({ update, evaluation }) => (100 * update[clock]) / (update[clock] + evaluation[clock])),
      );
    },
  },
  {
    what: 'memory of a job at 512², against PyTorch on the CPU',
    bar: 0.7,
    aim: 0.5,
    better: 'lower',
    unit: '×',
    byCpu: false,
    value({ memory }) {
      const at = memory.find(({ size }) => size === 512)?.samples;
      const [ours, theirs] = [at?.[SCUMBLE], at?.['torch-cpu']];
      if (!ours || !theirs) return undefined;
      return spread([(ours.peakBytes - ours.idleBytes) / (theirs.peakBytes - theirs.idleBytes)]);
    },
  },
  {
    what: 'memory of a job at 512² on the device, against PyTorch with CUDA',
    bar: 0.7,
    aim: 0.5,
    better: 'lower',
    unit: '×',
    byCpu: false,
    value({ memory }) {
      const at = memory.find(({ size }) => size === 512)?.samples;
      const [ours, theirs] = [at?.[SCUMBLE]?.deviceBytes, at?.['torch-cuda']?.deviceBytes];
      return ours !== undefined && theirs !== undefined ? spread([ours / theirs]) : undefined;
    },
  },
  {
    what: 'cost of an evaluation at 512² over one at 128² (16 × the pixels)',
    bar: 17,
    aim: 16,
    better: 'lower',
    unit: '×',
    byCpu: true,
    value({ evaluations }, clock) {
      const [small, large] = [128, 512].map(
        (n) => evaluations.find(({ size }) => size === n)?.samples[SCUMBLE],
      );
      return quotient(large, small, clock);
    },
  },
  {
    what: 'start of the process to first evaluation at 128², warm caches',
    bar: 1.5,
    aim: 0.7,
    better: 'lower',
    unit: ' s',
    byCpu: false,
    value({ startup }) {
      const seconds = startup.find(({ size }) => size === 128)?.warm[SCUMBLE];
      return seconds?.length ? spread(seconds) : undefined;
    },
  },
  {
    what: 'evaluation 512², speed over PyTorch on CUDA, TF32 off',
    bar: 0.7,
    aim: 1.2,
    ...speed('torch-cuda', 512),
  },
  {
    what: 'evaluation 1024², speed over PyTorch on CUDA, TF32 off',
    bar: 0.7,
    aim: 1.2,
    ...speed('torch-cuda', 1024),
  },
];

function quotient(
  over: readonly Time[] | undefined,
  under: readonly Time[] | undefined,
  clock: Clock,
): Spread | undefined {
  if (!over?.length || !under?.length) return undefined;
  const of = (times: readonly Time[]) => times.map((time) => time[clock]);
  return spread(ratios(of(over), of(under)));
}

/** How a figure stands to its bar and its aim. */
export function verdict({ bar, aim, better }: Target, { median }: Spread): string {
  const reaches = (goal: number) => (better === 'higher' ? median >= goal : median <= goal);
  if (reaches(aim)) return 'aim reached';
  return reaches(bar) ? 'bar reached' : 'not yet';
}
