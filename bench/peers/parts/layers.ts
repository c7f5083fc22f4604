import { able, type Context, leaveOut, withPeers } from '../context.js';
import { LAYERS } from '../layers.js';
import type { PeerProcess } from '../peer-process.js';
import type { Direction } from '../protocol.js';
import { inTurns } from '../rounds.js';

/** What a sample should take at least, in milliseconds, and of how many runs it may be. */
const SAMPLE_MS = 150;
const MOST = 200;

/** Each convolution alone, forward and backward to its input, at the smallest of the sizes. */
export async function measureLayers(context: Context): Promise<void> {
  const size = Math.min(...context.options.size);
  await withPeers(context, able(context, 'layer'), async (peers) => {
    for (const index of LAYERS.keys()) {
      for (const direction of ['forward', 'backward'] as const)
        await measure(context, peers, size, index, direction);
    }
  });
}

async function measure(
  context: Context,
  peers: readonly PeerProcess[],
  size: number,
  index: number,
  direction: Direction,
): Promise<void> {
  const what = `${LAYERS[index]!.name} ${direction}`;
  const counts = new Map<string, number>();
  const failed = (name: string, error: unknown) => leaveOut(context, what, name, error);
  for (const peer of peers) {
    const ask = (count: number) => peer.ask('layer', { size, index, direction, count });
    try {
      await ask(1);
      const { wall } = await ask(1);
      counts.set(peer.system.name, Math.min(MOST, Math.ceil(SAMPLE_MS / wall)));
    } catch (error) {
      failed(peer.system.name, error);
    }
  }
  context.show(`${what} at ${size}² …`);
  const turns = peers
    .filter(({ system }) => counts.has(system.name))
    .map((peer) => ({
      name: peer.system.name,
      measure: () => peer.ask('layer', { size, index, direction, count: counts.get(peer.system.name)! }),
    }));
  const samples = await inTurns(turns, context.options.repeats, failed);
  context.results.layers.push({ size, index, direction, samples: Object.fromEntries(samples) });
}
