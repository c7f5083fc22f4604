import { allLines, type Line, lineKey, type Name, type Results } from './results.js';
import { median, type Ratio, ratioOfMedians, type Rounds } from './statistics.js';

/**
 * How sure an interval is. A bench has some 200 lines: at 95 % ten of them would stand out by chance alone, at 99 % two
 * would, and those hardly ever beyond the margin.
 */
export const CONFIDENCE = 0.99;

/** What nobody would call a change, whatever the figures say: code laid out differently does as much. */
export const MARGIN = 1.05;

export type Verdict = 'slower' | 'faster' | 'same';

/** A line of both runs: how many times as long it takes now as it did. */
export interface Change extends Name, Ratio {
  /** Medians, in milliseconds. */
  before: number;
  after: number;
  /** The variants chosen, where they are others now. */
  variants?: { before: string; after: string };
  verdict: Verdict;
}

/** A run held against an older one. */
export interface Comparison {
  /** When the older run was made, as ISO 8601. */
  since: string;
  clock: 'gpu' | 'host';
  /** How many times as long the adapter itself took for a fixed piece of work. */
  adapter: { f32: Ratio; bandwidth: Ratio };
  /** Beyond these two a ratio counts as a change. */
  band: { low: number; high: number };
  /** What got slower first, then what got faster. */
  changes: Change[];
  /** Lines of one run alone. */
  added: Name[];
  missing: Name[];
  /** Sentences on what else differs between the runs. */
  remarks: string[];
}

/**
 * Pairs the lines of two runs and tells which changed by more than noise.
 *
 * Noise is of two kinds. That of the repeats is in each ratio's interval. That of the machine, which another minute
 * finds in another state, is told by the adapter's own pulse, fixed work measured all through both runs: where the
 * pulse changed, lines must have changed by more than it did. A line counts as slower when its whole interval lies above
 * both the margin and the upper ends of the pulses' intervals, and as faster when it lies below the lower ends.
 */
export function compare(after: Results, before: Results): Comparison {
  const clock = after.clock.source === 'gpu' && before.clock.source === 'gpu' ? 'gpu' : 'host';
  const adapter = {
    f32: pulseRatio(after.pulse.f32, before.pulse.f32),
    bandwidth: pulseRatio(after.pulse.bandwidth, before.pulse.bandwidth),
  };
  const band = {
    low: Math.min(1 / MARGIN, adapter.f32.low, adapter.bandwidth.low),
    high: Math.max(MARGIN, adapter.f32.high, adapter.bandwidth.high),
  };
  const old = new Map(allLines(before).map((line) => [lineKey(line), line]));
  const changes: Change[] = [];
  const added: Name[] = [];
  for (const line of allLines(after)) {
    const counterpart = old.get(lineKey(line));
    old.delete(lineKey(line));
    if (counterpart) changes.push(change(line, counterpart, clock, band));
    else added.push(nameOf(line));
  }
  const order: readonly Verdict[] = ['slower', 'faster', 'same'];
  changes.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return {
    since: before.date,
    clock,
    adapter,
    band,
    changes,
    added,
    missing: [...old.values()].map(nameOf),
    remarks: remarks(after, before),
  };
}

/** Work a second as time for work. */
function pulseRatio(after: Rounds, before: Rounds): Ratio {
  const times = (rounds: Rounds) => rounds.map((round) => round.map((speed) => 1 / speed));
  return ratioOfMedians(times(after), times(before), CONFIDENCE);
}

function change(after: Line, before: Line, clock: Comparison['clock'], band: Comparison['band']): Change {
  const [now, then] = timesOf(after, before, clock);
  const ratio = ratioOfMedians(now, then, CONFIDENCE);
  const [is, was] = [after, before].map(({ variants }) => Object.values(variants).join(' '));
  return {
    ...nameOf(after),
    ...ratio,
    before: median(then.flat()),
    after: median(now.flat()),
    ...(is !== was && { variants: { before: was!, after: is! } }),
    verdict: ratio.low > band.high ? 'slower' : ratio.high < band.low ? 'faster' : 'same',
  };
}

/**
 * By the GPU's clock where both runs have one, since submissions are the machine's affair, and where it can tell in both
 * every time: one of coarse steps calls short work no work at all.
 */
function timesOf(after: Line, before: Line, clock: Comparison['clock']): [now: Rounds, then: Rounds] {
  const tells = (gpu: Rounds | undefined): gpu is Rounds => gpu?.flat().every((time) => time > 0) === true;
  return clock === 'gpu' && tells(after.gpu) && tells(before.gpu)
    ? [after.gpu, before.gpu]
    : [after.wall, before.wall];
}

function nameOf({ kernel, direction, shape }: Name): Name {
  return { kernel, direction, shape };
}

/** What makes a comparison mean less, a sentence each. */
function remarks(after: Results, before: Results): string[] {
  const told: [what: string, of: (results: Results) => string | number][] = [
    ['adapter', ({ adapter }) => adapter.description || adapter.device || adapter.vendor || 'without a name'],
    ['processor', ({ machine }) => machine.processor],
    ['number of cores', ({ machine }) => machine.cores],
    ['system', ({ machine }) => machine.platform],
    ['version of Node', ({ machine }) => machine.node],
    ['version of Scumble', ({ scumble }) => scumble],
    ['variant asked for', ({ variant }) => variant ?? 'none'],
    ['clock', ({ clock }) => clock.source],
  ];
  const stopped = [
    ...(before.interrupted ? ['The older run was interrupted.'] : []),
    ...(after.interrupted ? ['The newer run was interrupted.'] : []),
  ];
  const differing = told
    .filter(([, of]) => of(after) !== of(before))
    .map(([what, of]) => `The ${what} is not the same: it was ${of(before)} and is ${of(after)}.`);
  return [...stopped, ...differing];
}
