import { gpuMilliseconds } from './figures.js';
import type { Round, Work } from './measure.js';
import { median } from './statistics.js';

type Known = Pick<Work, 'kernel' | 'variants' | 'flops'>;

/**
 * How fast kernels have turned out to be, to guess by what they take on other shapes. Of each with the same variants the
 * fastest line counts: small shapes, and shapes of few channels, may take ten times as long for an operation.
 */
export class Pace {
  /** Milliseconds an operation. */
  private readonly best = new Map<string, number>();

  note({ work, samples: { gpu, wall } }: Round): void {
    if (work.flops === 0) return;
    const milliseconds = gpuMilliseconds(gpu ? { gpu: [gpu] } : {}) ?? median(wall);
    const known = this.best.get(keyOf(work)) ?? Infinity;
    this.best.set(keyOf(work), Math.min(known, milliseconds / work.flops));
  }

  /** Milliseconds that work will take, if it is as fast; 0 where nothing is known. */
  guess(work: Known): number {
    return work.flops * (this.best.get(keyOf(work)) ?? 0);
  }
}

function keyOf({ kernel, variants }: Known): string {
  return JSON.stringify([kernel, variants]);
}
