import type { Gpu } from '../src/gpu/gpu.js';
import { Recorder } from '../src/gpu/recorder.js';
import { timeRuns } from '../src/gpu/timing.js';
import { fill } from '../src/kernels/index.js';
import { median } from './statistics.js';
import { repeated, timed } from './timing.js';

/** Dispatches in a pass: the difference between the two is what is timed. */
const FEW = 16;
const MANY = 272;
/** Repeats, as long as they take no more than so many milliseconds: on a busy machine each waits its turn. */
const REPEATS = 15;
const SUBMISSIONS = 51;
const MOST_MS = 500;

/**
 * What one more dispatch in a pass costs that has next to nothing to do, in microseconds: each writes the one number
 * that the dispatch before it wrote, so that it must wait, as nearly all in a network do.
 */
export async function measureDispatch(gpu: Gpu): Promise<number> {
  const number = gpu.tensor('number', [1]);
  const programs = await Promise.all(
    [FEW, MANY].map((count) => {
      const recorder = new Recorder(gpu, `${count} dispatches`);
      for (let i = 0; i < count; i++) fill(recorder, number, 1);
      return recorder.freeze();
    }),
  );
  try {
    for (const program of programs) await timeRuns(program);
    const difference = async () => {
      const few = await timeRuns(programs[0]!);
      return (await timeRuns(programs[1]!)) - few;
    };
    const differences = await repeated(difference, MOST_MS, REPEATS);
    return (1e3 * median(differences)) / (MANY - FEW);
  } finally {
    programs.forEach((program) => program.dispose());
    gpu.free(number);
  }
}

/** From submitting nothing to being told that it is done, in microseconds. */
export async function measureSubmit({ device }: Gpu): Promise<number> {
  const once = () => {
    const empty = device.createCommandEncoder({ label: 'nothing' }).finish();
    const submit = () => device.queue.submit([empty]);
    return timed(device, () => undefined, submit);
  };
  return 1e3 * median(await repeated(once, MOST_MS, SUBMISSIONS));
}
