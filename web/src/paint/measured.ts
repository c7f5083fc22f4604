import type { Measured } from 'scumble';

/** Which kernels were fastest here, so that only new sizes have to be measured on the next visit. */
const KEY = 'scumble.measured';

/** Another adapter or another build of the page: measure anew. */
const place = (info: GPUAdapterInfo | undefined) =>
  [info?.vendor, info?.architecture, info?.device, info?.description, __BUILD__].join('|');

export function recallMeasured(info: GPUAdapterInfo | undefined): readonly Measured[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('place' in kept && 'all' in kept)) return [];
    return kept.place === place(info) && Array.isArray(kept.all) ? (kept.all as Measured[]) : [];
  } catch {
    // No storage, or not ours: measuring takes a moment, no more.
    return [];
  }
}

export function keepMeasured(info: GPUAdapterInfo | undefined, all: readonly Measured[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ place: place(info), all }));
  } catch {
    // Likewise.
  }
}
