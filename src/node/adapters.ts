import { adapterFacts } from '../gpu/facts.js';
import type { AdapterFacts } from '../gpu/facts.js';
import { adaptersNamedIn, startDawn } from './dawn.js';

/** One adapter that Dawn can use on this machine, as it describes itself. */
export interface AdapterReport extends AdapterFacts {
  /** What to pass as `adapter` to `openDawn`. */
  name: string;
  backend: string;
  /** Whether this is the adapter used when none is named. */
  default: boolean;
  /** Smallest and largest number of invocations in a subgroup, 0 where there are none. */
  subgroupSizes: [smallest: number, largest: number];
  /** Every WebGPU limit by name; sizes in bytes. */
  limits: Record<string, number>;
  /** Names of WebGPU features, sorted. */
  features: string[];
}

// No driver is called this, so Dawn answers with the list of those there are.
const NO_ADAPTER = 'scumble-asks-for-the-list';

async function adapterNames(): Promise<{ backend: string; name: string }[]> {
  try {
    await startDawn({ adapter: NO_ADAPTER });
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return adaptersNamedIn(error.message);
  }
}

/** A GPUSupportedLimits keeps its members on its prototype, where only `for … in` finds them. */
function readLimits(limits: GPUSupportedLimits): Record<string, number> {
  const read: Record<string, number> = {};
  for (const name in limits) {
    const value: unknown = Reflect.get(limits, name);
    if (typeof value === 'number') read[name] = value;
  }
  return read;
}

/** All adapters of this machine in Dawn's order; two of the same name and backend are told once. */
export async function listAdapters(): Promise<AdapterReport[]> {
  const chosen = (await startDawn({})).adapter?.info;
  const reports = new Map<string, AdapterReport>();
  for (const { backend, name } of await adapterNames()) {
    const { adapter } = await startDawn({ adapter: name, backend });
    if (!adapter) continue;
    const { info } = adapter;
    reports.set(`${backend} ${name}`, {
      name,
      backend,
      ...adapterFacts(info, adapter.features),
      default: info.device === chosen?.device && info.description === chosen.description,
      subgroupSizes: [info.subgroupMinSize ?? 0, info.subgroupMaxSize ?? 0],
      limits: readLimits(adapter.limits),
      features: [...adapter.features].sort(),
    });
  }
  return [...reports.values()];
}
