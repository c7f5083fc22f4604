import type { Program } from '../src/gpu/program.js';
import { canTimeSteps, StepTimer, timeRuns } from '../src/gpu/timing.js';

/** Something whose speed tells what the adapter can do. */
export interface Probe {
  form: string;
  /** Operations or bytes of one run. */
  work: number;
  /** Runs it once. Resolves to milliseconds. */
  run(): Promise<number>;
  dispose(): void;
}

/** A program of one dispatch as a probe, by the GPU's clock where it has one. */
export function programProbe(
  form: string,
  work: number,
  program: Program,
  free: () => void = () => undefined,
): Probe {
  const timer = canTimeSteps(program.gpu.device) ? new StepTimer(program) : undefined;
  return {
    form,
    work,
    run: async () => (timer ? (await timer.run())[0]! : timeRuns(program)),
    dispose: () => {
      timer?.dispose();
      program.dispose();
      free();
    },
  };
}

/** Long enough that starting a dispatch does not show. */
const ENOUGH_MS = 8;

/**
 * How many take long enough, tried from the fewest on by doubling.
 *
 * @param make a probe that does the same so many times.
 */
export async function enough(
  make: (count: number) => Promise<Probe>,
  fewest: number,
  most: number,
): Promise<number> {
  for (let count = fewest; count < most; count *= 2) {
    const probe = await make(count);
    await probe.run(); // the driver may have left some compiling to it
    const milliseconds = await probe.run();
    probe.dispose();
    if (milliseconds >= ENOUGH_MS) return count;
  }
  return most;
}

/** The most that an adapter can do of one thing in a second, and what every form tried came to. */
export interface Peak {
  perSecond: number;
  /** The form that came to most. */
  form: string;
  forms: { form: string; perSecond: number }[];
}

/** The repeats of each, and what all of them may take together on a busy machine, in milliseconds. */
const REPEATS = 5;
const MOST_MS = 2000;

/**
 * The best of all repeats of all probes, which are then disposed. The probes take turns, so that a moment in which
 * something else keeps the machine busy costs each of them one repeat and none of them all.
 *
 * @throws the signal's reason once that is aborted.
 */
export async function measurePeak(probes: readonly Probe[], signal?: AbortSignal): Promise<Peak> {
  const least = probes.map(() => Infinity);
  const run = (probe: Probe) => {
    signal?.throwIfAborted();
    return probe.run();
  };
  try {
    for (const probe of probes) await run(probe); // the driver may have left some compiling to it
    const end = performance.now() + MOST_MS;
    for (let repeat = 0; repeat < REPEATS && (repeat < 2 || performance.now() < end); repeat++) {
      for (const [i, probe] of probes.entries()) least[i] = Math.min(least[i]!, await run(probe));
    }
  } finally {
    probes.forEach((probe) => probe.dispose());
  }
  const forms = probes
    .map(({ form, work }, i) => ({ form, perSecond: (1e3 * work) / least[i]! }))
    .sort((a, b) => b.perSecond - a.perSecond);
  return { ...forms[0]!, forms };
}
