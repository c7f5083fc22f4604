import type { Ceilings } from './ceilings.js';
import type { Line } from './results.js';
import { median } from './statistics.js';

/** What the roofline model says of some work (Williams, Waterman & Patterson, "Roofline", CACM 2009). */
export interface Attainable {
  /** Operations for each byte that must be moved. */
  intensity: number;
  /** Whether moving or computing takes longer at best. */
  bound: 'memory' | 'compute';
  /** The least time that the ceilings allow. */
  milliseconds: number;
}

type Work = Pick<Line, 'flops' | 'bytes'>;

/** Where work lies under the roof that multiply-adds and copies make. */
export function attainable({ flops, bytes }: Work, { f32, bandwidth }: Ceilings): Attainable {
  const computing = flops / f32.perSecond;
  const moving = bytes / bandwidth.perSecond;
  return {
    intensity: flops / bytes,
    bound: computing > moving ? 'compute' : 'memory',
    milliseconds: 1e3 * Math.max(computing, moving),
  };
}

/** The median by the GPU's clock, in milliseconds. One of coarse steps calls short work no work at all, and tells nothing. */
export function gpuMilliseconds({ gpu }: Pick<Line, 'gpu'>): number | undefined {
  return (gpu && median(gpu.flat())) || undefined;
}

/** The figures of a line that follow from its repeats. */
export function figures(
  work: Work,
  times: Pick<Line, 'wall' | 'gpu'>,
  ceilings: Ceilings,
): Pick<
  Line,
  'milliseconds' | 'wallMilliseconds' | 'gflopsPerSecond' | 'gigabytesPerSecond' | 'rooflineFraction'
> {
  const wallMilliseconds = median(times.wall.flat());
  const milliseconds = gpuMilliseconds(times) ?? wallMilliseconds;
  return {
    milliseconds,
    wallMilliseconds,
    gflopsPerSecond: work.flops / milliseconds / 1e6,
    gigabytesPerSecond: work.bytes / milliseconds / 1e6,
    rooflineFraction: attainable(work, ceilings).milliseconds / milliseconds,
  };
}
