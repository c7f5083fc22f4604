import { requireAgreement } from '../check.js';
import { able, type Context, leaveOut, withPeers } from '../context.js';
import type { PeerProcess } from '../peer-process.js';
import type { Check, Evaluated } from '../protocol.js';
import { inTurns } from '../rounds.js';
import { SCUMBLE, type System } from '../systems.js';

/** What a sample should take at least, in milliseconds, and of how many evaluations it may be. */
const SAMPLE_MS = 1000;
const MOST = 50;

/** A system with a job of one size, warm. */
interface Ready {
  name: string;
  peer: PeerProcess;
  size: number;
  warm: Evaluated;
}

/**
 * Forward, backward and, where the system has L-BFGS, its update: all systems at all sizes, side by side and in turns, so
 * that ratios between sizes too are of the same minutes.
 */
export async function measureEvaluations(context: Context): Promise<void> {
  const sizes = [...context.options.size].sort((a, b) => a - b);
  await prepare(context, sizes, [], async (ready) => {
    const counts = new Map(sizes.map((size) => [size, countsAt(ready.filter((one) => one.size === size))]));
    const turns = ready.map(({ name, peer, size }) => ({
      name: `${name} at ${size}²`,
      measure: () => {
        context.show(`Evaluations: ${name} at ${size}² …`);
        return peer.ask('evaluate', { count: counts.get(size)![name]! });
      },
    }));
    const samples = await inTurns(turns, context.options.repeats, (name, error) =>
      leaveOut(context, 'evaluations', name, error),
    );
    for (const size of sizes) {
      const here = ready.filter((one) => one.size === size);
      context.results.evaluations.push({
        size,
        counts: counts.get(size)!,
        samples: Object.fromEntries(here.map(({ name }) => [name, samples.get(`${name} at ${size}²`) ?? []])),
      });
    }
  });
}

/** Has the jobs of all sizes set up, the small ones first, and calls `work` while all of their processes live. */
async function prepare(
  context: Context,
  [size, ...rest]: readonly number[],
  ready: readonly Ready[],
  work: (ready: readonly Ready[]) => Promise<void>,
): Promise<void> {
  if (size === undefined) return work(ready);
  const systems = able(context, 'evaluate').filter((system) => isQuickEnough(context, system, size, ready));
  await withPeers(context, systems, async (peers) => {
    const more = await setUp(context, size, peers);
    await prepare(context, rest, [...ready, ...more], work);
  });
}

function isQuickEnough(
  context: Context,
  { name, commandLine }: System,
  size: number,
  ready: readonly Ready[],
): boolean {
  // Whom it is all about is waited for.
  if (commandLine !== undefined) return true;
  const smaller = ready.findLast((one) => one.name === name);
  if (!smaller) return ready.length === 0 || !wasLeftOut(context, name);
  const seconds = (smaller.warm.wall * (size / smaller.size) ** 2) / 1000;
  if (seconds <= context.options.patience) return true;
  const why = `an evaluation would take about ${seconds.toFixed(0)} s (--patience)`;
  context.results.leftOut.push({ what: `evaluations at ${size}²`, system: name, why });
  return false;
}

function wasLeftOut({ results }: Context, name: string): boolean {
  return results.leftOut.some(({ system }) => system === name);
}

/** Has everybody load and warm up, one after the other, and compares what they compute. */
async function setUp(context: Context, size: number, peers: readonly PeerProcess[]): Promise<Ready[]> {
  const ready: Ready[] = [];
  const checks: Record<string, Check> = {};
  for (const peer of peers) {
    const { name, label } = peer.system;
    context.show(`Setting up ${label} at ${size}² …`);
    try {
      await peer.ask('setup', { size });
      checks[name] = await peer.ask('check', {});
      ready.push({ name, peer, size, warm: await peer.ask('evaluate', { count: 1 }) });
    } catch (error) {
      leaveOut(context, `evaluations at ${size}²`, name, error);
    }
  }
  context.results.checks.push({ size, checks });
  requireAgreement(size, checks, checks['torch-cpu'] ? 'torch-cpu' : SCUMBLE);
  return ready;
}

/** Whoever has a history does as many evaluations as the others who do, so that it is as long. */
function countsAt(ready: readonly Ready[]): Record<string, number> {
  const enough = (milliseconds: number) => Math.min(MOST, Math.max(1, Math.ceil(SAMPLE_MS / milliseconds)));
  const updating = ready.filter(({ warm }) => warm.update).map(({ warm }) => warm.wall);
  const shared = Math.max(2, enough(Math.min(...updating)));
  return Object.fromEntries(ready.map(({ name, warm }) => [name, warm.update ? shared : enough(warm.wall)]));
}
