import type { ProfiledStep } from './profile.js';

/** All dispatches of one operation by one shader. */
export interface KernelTime {
  operation: string;
  shader: string;
  calls: number;
  milliseconds: number;
  /** Of the sum of all dispatches, 0..1. */
  share: number;
  flops: number;
}

/** A profile by kernel, those that took longest first. */
export function summariseKernels(steps: readonly ProfiledStep[]): KernelTime[] {
  const kernels = new Map<string, KernelTime>();
  const all = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  for (const { phase, scope, label, shader, milliseconds, flops } of steps) {
    // Elsewhere the scope is the layer; the optimiser has but one, and labels that say little without it.
    const operation = phase === 'update' ? [scope, label].filter(Boolean).join('/') : label;
    const key = JSON.stringify([operation, shader]);
    let kernel = kernels.get(key);
    if (!kernel) {
      kernels.set(key, (kernel = { operation, shader, calls: 0, milliseconds: 0, share: 0, flops: 0 }));
    }
    kernel.calls++;
    kernel.milliseconds += milliseconds;
    kernel.flops += flops;
    kernel.share = all > 0 ? kernel.milliseconds / all : 0;
  }
  return [...kernels.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
