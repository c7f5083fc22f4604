import { able, type Context, leaveOut, withPeers } from '../context.js';
import { PeerError } from '../peer-process.js';
import { inTurns } from '../rounds.js';

/** Evaluations and updates that a sample is the mean of. */
const COUNT = 3;

/** What an update of L-BFGS takes beside an evaluation, at the largest of the sizes, once the history is full. */
export async function measureLbfgs(context: Context): Promise<void> {
  const { history, repeats } = context.options;
  const size = Math.max(...context.options.size);
  await withPeers(context, able(context, 'lbfgs'), async (peers) => {
    const turns = peers.map((peer) => ({
      name: peer.system.name,
      measure: async () => {
        context.show(`L-BFGS with ${history} pairs at ${size}²: ${peer.system.label} …`);
        const times = await peer.ask('lbfgs', { size, history, count: COUNT });
        if (times.pairs < history) throw new PeerError(`its history holds ${times.pairs} pairs`);
        return times;
      },
    }));
    const samples = await inTurns(turns, repeats, (name, error) =>
      leaveOut(context, `L-BFGS ${size}²`, name, error),
    );
    context.results.lbfgs.push({ size, history, samples: Object.fromEntries(samples) });
  });
}
