import { type CompiledStep, Encoding } from '../encoding.js';
import { guard } from '../guard.js';
import type { Program } from '../program.js';
import type { Task } from './rank.js';
import { truncate } from './truncate.js';

/** By so much the clock may exceed the processors' time before a run counts as disturbed. */
const DISTURBED = 1.2;

/** Milliseconds that the processors have spent on this process, all together. */
export type ProcessorTime = () => number;

/** Times parts of recordings on the GPU, by the host's clock. */
export class GpuStopwatch {
  /** The variants of the task at hand: their memory is taken until the next begins. */
  private readonly programs = new Map<string, { program: Program; warm: boolean }>();
  private task: Task | undefined;

  /**
   * @param freeze makes what is to be timed of a task's variant.
   * @param processorTime where the adapter is the processor: see `timeWork`.
   */
  constructor(
    private readonly freeze: (task: Task, variant: string) => Promise<Program>,
    private readonly processorTime?: ProcessorTime,
  ) {}

  /** See Stopwatch in rank.ts. */
  readonly time = async (task: Task, variant: string, work: number): Promise<number | undefined> => {
    if (task !== this.task) this.dispose();
    this.task = task;
    let made = this.programs.get(variant);
    if (!made)
      this.programs.set(variant, (made = { program: await this.freeze(task, variant), warm: false }));
    const { program } = made;
    const steps = work < 1 ? truncate(program.steps, work) : program.steps;
    if (!steps) return undefined;
    // The driver may leave its compiling, and the clearing of memory, to the first run.
    const run = (runs: number) => timeWork(() => runSteps(program, steps, runs), this.processorTime);
    if (!made.warm) await run(1);
    made.warm = true;
    return (await run(Math.max(1, Math.round(work)))).milliseconds;
  };

  dispose(): void {
    for (const { program } of this.programs.values()) program.dispose();
    this.programs.clear();
  }
}

/**
 * Times what `work` does. On an adapter that is the processor, work that nobody disturbs takes the processors at least as
 * long, all together, as the clock: where the clock shows more, others have had the processors meanwhile, and it is the
 * lesser figure that is told.
 */
export async function timeWork(
  work: () => Promise<number>,
  processorTime?: ProcessorTime,
): Promise<{ milliseconds: number; disturbed: boolean }> {
  const before = processorTime?.() ?? 0;
  const milliseconds = await work();
  const spent = processorTime ? processorTime() - before : Infinity;
  return { milliseconds: Math.min(milliseconds, spent), disturbed: milliseconds > DISTURBED * spent };
}

/**
 * @returns milliseconds from the submission to the end of the last run.
 * @throws GpuError
 */
async function runSteps({ gpu }: Program, steps: readonly CompiledStep[], runs: number): Promise<number> {
  const { queue } = gpu.device;
  await queue.onSubmittedWorkDone();
  const encoder = gpu.device.createCommandEncoder({ label: 'tuning' });
  const { value: start, refused } = guard(gpu.device, 'Tuning', () => {
    const encoding = new Encoding(encoder);
    for (let run = 0; run < runs; run++) {
      for (const step of steps) encoding.add(step);
    }
    encoding.end();
    const commands = encoder.finish();
    const now = performance.now();
    queue.submit([commands]);
    return now;
  });
  await queue.onSubmittedWorkDone();
  const milliseconds = performance.now() - start;
  const error = await refused;
  if (error) throw error;
  return milliseconds;
}
