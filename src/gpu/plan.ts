/** One piece of temporary memory: its size and the first and last dispatch (inclusive) that touch it. */
export interface Lifetime {
  bytes: number;
  first: number;
  last: number;
}

export interface MemoryPlan {
  /** For each lifetime, the number of the shared buffer it lives in. */
  slots: number[];
  /** Size of each shared buffer in bytes. */
  slotBytes: number[];
  /** What all lifetimes would take without sharing. */
  unsharedBytes: number;
}

/**
 * Assigns temporaries to as few bytes of buffers as a greedy pass can: largest first, each into the smallest
 * buffer that is free over its whole lifetime (the "greedy by size" shared-objects strategy of Pisarchyk and
 * Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
 *
 * Whole buffers are shared rather than ranges of one arena: WebGPU forbids binding one buffer for reading and
 * for writing in the same dispatch even where the ranges do not meet.
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const order = lifetimes.map((_, i) => i).sort((a, b) => lifetimes[b]!.bytes - lifetimes[a]!.bytes || a - b);
  const slots = new Array<number>(lifetimes.length).fill(-1);
  const slotBytes: number[] = [];
  const tenants: Lifetime[][] = [];

  for (const index of order) {
    const life = lifetimes[index]!;
    let best = -1;
    for (let slot = 0; slot < slotBytes.length; slot++) {
      const free = tenants[slot]!.every((other) => other.last < life.first || life.last < other.first);
      if (free && (best < 0 || slotBytes[slot]! < slotBytes[best]!)) best = slot;
    }
    if (best < 0) {
      best = slotBytes.length;
      slotBytes.push(life.bytes);
      tenants.push([]);
    }
    tenants[best]!.push(life);
    slots[index] = best;
  }

  return {
    slots,
    slotBytes,
    unsharedBytes: lifetimes.reduce((sum, life) => sum + life.bytes, 0),
  };
}

/** The most that is alive at any one dispatch: no plan can take less. */
export function peakOf(lifetimes: readonly Lifetime[]): number {
  const change = new Map<number, number>();
  for (const { bytes, first, last } of lifetimes) {
    change.set(first, (change.get(first) ?? 0) + bytes);
    change.set(last + 1, (change.get(last + 1) ?? 0) - bytes);
  }
  let alive = 0;
  let peak = 0;
  for (const at of [...change.keys()].sort((a, b) => a - b)) {
    alive += change.get(at)!;
    peak = Math.max(peak, alive);
  }
  return peak;
}
