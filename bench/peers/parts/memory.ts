import { able, type Context, leaveOut, withPeers } from '../context.js';
import { PeerError } from '../peer-process.js';
import type { Memory } from '../protocol.js';

/** The most memory that a job with a full history takes, at the largest of the sizes, each in a fresh process. */
export async function measureMemory(context: Context): Promise<void> {
  const { history } = context.options;
  const size = Math.max(...context.options.size);
  const samples: Record<string, Memory> = {};
  for (const system of able(context, 'memory')) {
    context.show(`Memory of a job at ${size}²: ${system.label} …`);
    // Scumble's first job may measure its kernels, which takes memory that no later one does.
    for (let processes = system.commandLine === undefined ? 1 : 2; processes > 0; processes--) {
      await withPeers(context, [system], async ([peer]) => {
        try {
          const memory = await peer!.ask('memory', { size, history });
          if (memory.pairs < history) throw new PeerError(`its history holds ${memory.pairs} pairs`);
          samples[system.name] = memory;
        } catch (error) {
          leaveOut(context, `memory ${size}²`, system.name, error);
        }
      });
    }
  }
  context.results.memory.push({ size, history, samples });
}
