import { PeerError, PeerProcess, type PeerSettings } from './peer-process.js';
import type { Ability } from './protocol.js';
import type { Results } from './results.js';
import type { System } from './systems.js';

export interface Options {
  size: number[];
  repeats: number;
  history: number;
  /** Seconds that one evaluation may take. */
  patience: number;
}

/** What every part of the comparison works with. */
export interface Context {
  readonly options: Options;
  readonly settings: PeerSettings;
  /** Those that start here. */
  readonly systems: readonly System[];
  readonly results: Results;
  /** Tells what is going on. */
  readonly show: (line: string) => void;
}

/** The systems that can do something. */
export function able({ systems, results }: Context, ability: Ability): System[] {
  return systems.filter(({ name }) => results.systems[name]!.can.includes(ability));
}

/** Notes a system's failure, which ends its part in a measurement but not the measurement. */
export function leaveOut({ results, show }: Context, what: string, system: string, error: unknown): void {
  if (!(error instanceof PeerError)) throw error;
  results.leftOut.push({ what, system, why: error.message });
  show(`${system} left out of ${what}: ${error.message}`);
}

/** Has `work` done with all of `systems` running side by side, and ends their processes. */
export async function withPeers(
  context: Context,
  systems: readonly System[],
  work: (peers: PeerProcess[]) => Promise<void>,
): Promise<void> {
  const peers: PeerProcess[] = [];
  try {
    for (const system of systems) peers.push(await PeerProcess.start(system, context.settings));
    await work(peers);
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}
