import type { Ceilings } from './ceilings.js';
import { figures } from './figures.js';
import type { Round, Work } from './measure.js';
import { type Line, lineKey, type Name } from './results.js';

type Entry = Work & Pick<Line, 'wall' | 'gpu'>;

/** The lines of the bench while it runs, each gathering its rounds. */
export class Ledger {
  private readonly entries = new Map<string, Entry>();

  add({ work, samples: { wall, gpu } }: Round): void {
    const key = lineKey(work);
    const entry = this.entries.get(key);
    if (!entry) {
      this.entries.set(key, { ...work, wall: [wall], ...(gpu && { gpu: [gpu] }) });
      return;
    }
    entry.wall.push(wall);
    if (gpu) entry.gpu?.push(gpu);
    entry.steps = work.steps;
  }

  has(name: Name): boolean {
    return this.entries.has(lineKey(name));
  }

  /** All lines, in the order in which they were first measured. */
  lines(ceilings: Ceilings): Line[] {
    return [...this.entries.values()].map((entry) => ({ ...entry, ...figures(entry, entry, ceilings) }));
  }
}
