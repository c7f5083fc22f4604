import type { Program } from '../program.js';
import { StepTimer } from '../timing.js';
import type { Measured, Timing } from './rank.js';
import type { Sites } from './sites.js';
import { type ProcessorTime, timeWork } from './stopwatch.js';
import type { Chosen } from './survey.js';

/** A runner-up closer than this to the first is tried among all else too: caches and neighbours may decide. */
const CLOSE = 1.25;
/** Where two differ by less than this inside, the one that is faster alone stays first. */
const NOISE = 0.98;
/** Rounds in which both ways are run in turn, after one that is not timed; the faster undisturbed one counts. */
const ROUNDS = 2;

/**
 * Runs the whole recording, once with the first variants of all tasks and once with the runners-up that are close, and
 * lets the steps' times decide between them.
 *
 * @param left milliseconds; where they will not do, or no runner-up is close, or others have the processors, nothing
 *   changes.
 * @param how processorTime: see `timeWork`. signal: is asked before each run, which then throws its reason.
 * @returns `measured` in its order, with the better of the two first.
 */
export async function judgeInside(
  sites: Sites,
  measured: readonly Measured[],
  left: () => number,
  { processorTime, signal }: { processorTime?: ProcessorTime | undefined; signal?: AbortSignal | undefined },
): Promise<readonly Measured[]> {
  if (!measured.some(contender) || left() <= 0) return measured;
  const ways: Way[] = [];
  const run = (way: Way) => {
    signal?.throwIfAborted();
    return way.run(processorTime);
  };
  try {
    ways.push(await Way.freeze(sites, measured, ({ timings }) => timings[0]!));
    const once = await run(ways[0]!);
    if (2 * ROUNDS * once > left()) return measured;
    ways.push(await Way.freeze(sites, measured, (item) => contender(item) ?? item.timings[0]!));
    await run(ways[1]!);
    for (const way of ways) way.forget();
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of ways) await run(way);
    }
    if (!ways.every((way) => way.isTimed)) return measured;
    return judge(measured, { first: ways[0]!.times, contender: ways[1]!.times });
  } finally {
    for (const way of ways) way.dispose();
  }
}

/** The runner-up that is worth trying inside, where there is one. */
export function contender({ timings: [first, second] }: Measured): Timing | undefined {
  if (first?.milliseconds === undefined || second?.milliseconds === undefined || second.rough)
    return undefined;
  return second.milliseconds <= CLOSE * first.milliseconds ? second : undefined;
}

/**
 * The decision of `judgeInside`.
 *
 * @param inside milliseconds of each task, in the order of `measured`, with the first variants and with the contenders
 *   in their place; Infinity where it did not occur.
 */
export function judge(
  measured: readonly Measured[],
  inside: { first: readonly number[]; contender: readonly number[] },
): Measured[] {
  return measured.map((item, i) => {
    const second = contender(item);
    // What is chosen within another's variant occurs in one of the ways only.
    const both = [inside.first[i], inside.contender[i]].every(Number.isFinite);
    if (!second || !both) return item;
    const [first, , ...rest] = item.timings as readonly [Timing, Timing, ...Timing[]];
    const a = { ...first, inside: inside.first[i]! };
    const b = { ...second, inside: inside.contender[i]! };
    const timings = b.inside < NOISE * a.inside ? [b, a, ...rest] : [a, b, ...rest];
    return { ...item, timings };
  });
}

/** The whole recording with one variant for each task. */
class Way {
  /** Of each task the least milliseconds so far, of a place where it occurs. */
  readonly times: number[];
  private readonly timer: StepTimer;

  private constructor(
    private readonly program: Program,
    /** The steps of each task. */
    private readonly steps: readonly (readonly Chosen[])[],
  ) {
    this.timer = new StepTimer(program);
    this.times = steps.map(() => Infinity);
  }

  static async freeze(
    sites: Sites,
    measured: readonly Measured[],
    pick: (item: Measured) => Timing,
  ): Promise<Way> {
    const find = (operation: string, shape: string) =>
      measured.find((item) => item.operation === operation && item.shape === shape);
    const { survey, chosen } = sites.whole((operation, shape) => {
      const item = find(operation, shape);
      return item && pick(item).variant;
    });
    const program = await survey.freezePart();
    const steps = measured.map((item) =>
      chosen.filter(({ choice }) => choice.operation === item.operation && choice.shape === item.shape),
    );
    return new Way(program, steps);
  }

  /** @returns milliseconds. */
  async run(processorTime?: ProcessorTime): Promise<number> {
    let times: number[] = [];
    const { milliseconds, disturbed } = await timeWork(async () => {
      const start = performance.now();
      times = await this.timer.run();
      return performance.now() - start;
    }, processorTime);
    if (disturbed) return milliseconds;
    this.steps.forEach((places, task) => {
      if (places.length === 0) return;
      const sums = places.map(({ from, to }) => times.slice(from, to).reduce((sum, time) => sum + time, 0));
      this.times[task] = Math.min(this.times[task]!, sums.reduce((a, b) => a + b, 0) / sums.length);
    });
    return milliseconds;
  }

  /** Whether there was an undisturbed run. */
  get isTimed(): boolean {
    return this.times.some(Number.isFinite);
  }

  forget(): void {
    this.times.fill(Infinity);
  }

  dispose(): void {
    this.timer.dispose();
    this.program.dispose();
  }
}
