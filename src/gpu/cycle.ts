import type { GpuError } from './errors.js';
import type { Gpu } from './gpu.js';
import type { CompiledStep, Encoding } from './encoding.js';
import { type Program, submit } from './program.js';

/** What one dispatch costs beside its work, in bytes moved: some microseconds on any adapter. */
const DISPATCH_BYTES = 500_000;
/** Operations that take as long as moving a byte; between what processors (5) and GPUs (20) do. */
const FLOPS_A_BYTE = 10;

/**
 * Programs that are run one after the other, again and again, and may be cut between any two dispatches, so that somebody
 * who has only a few milliseconds between two frames can run a part of them.
 */
export class ProgramCycle {
  /** Steps queued of the cycle that was begun. */
  private done = 0;
  /** For each number of steps, what they cost together, in an arbitrary unit. */
  private readonly costs: readonly number[];
  private readonly label: string;

  constructor(
    private readonly gpu: Gpu,
    private readonly programs: readonly Program[],
  ) {
    let sum = 0;
    this.costs = [0, ...programs.flatMap(({ steps }) => steps).map((step) => (sum += cost(step)))];
    this.label = programs.map(({ label }) => label).join(', ');
  }

  /** Whether a part of a cycle was submitted, and the rest of it not yet. */
  get begun(): boolean {
    return this.done > 0;
  }

  /** Submits what is left of the cycle, or a whole one. */
  finish(): Promise<GpuError | undefined> {
    return this.advance(1, 1).refused;
  }

  /**
   * Submits steps of about `share` cycles from where it stands, at least one of them.
   *
   * @param most stops where so many cycles have come to their end.
   * @returns how many came to their end, what share was really submitted, and what the device refused of it; that
   *   never rejects.
   */
  advance(
    share: number,
    most: number,
  ): { ended: number; share: number; refused: Promise<GpuError | undefined> } {
    const { costs } = this;
    const count = costs.length - 1;
    const total = costs[count]!;
    let left = share * total;
    let ended = 0;
    const refused = submit(this.gpu, this.label, (encoding) => {
      do {
        const to = this.reach(left);
        left -= costs[to]! - costs[this.done]!;
        this.encode(encoding, this.done, to);
        this.done = to % count;
        if (this.done === 0) ended++;
      } while (left > 0 && ended < most);
    });
    return { ended, share: share - left / total, refused };
  }

  /** After how many steps a cost is spent, counted from where the cycle stands. */
  private reach(cost: number): number {
    const { costs, done } = this;
    // A hundred-millionth is what sums of costs may be off.
    const end = costs[done]! + cost * (1 + 1e-8);
    let to = done + 1;
    while (to < costs.length - 1 && costs[to + 1]! <= end) to++;
    return to;
  }

  private encode(encoding: Encoding, from: number, to: number): void {
    let first = 0;
    for (const program of this.programs) {
      const { length } = program.steps;
      const [begin, end] = [Math.max(from - first, 0), Math.min(to - first, length)];
      if (begin < end) program.encode(encoding, begin, end);
      first += length;
    }
  }
}

/** What a step costs by what is known of it without a measurement. */
function cost({ flops, bindings }: CompiledStep): number {
  const bytes = bindings.reduce((sum, { tensor }) => sum + tensor.bytes, 0);
  return DISPATCH_BYTES + Math.max(bytes, flops / FLOPS_A_BYTE);
}
