import type { CompiledStep, Program } from '../program.js';
import type { Task } from './rank.js';
import { truncate } from './truncate.js';

/** Times parts of recordings on the GPU, by the host's clock. */
export class GpuStopwatch {
  /** The variants of the task at hand: their memory is taken until the next begins. */
  private readonly programs = new Map<string, { program: Program; warm: boolean }>();
  private task: Task | undefined;

  /** @param freeze makes what is to be timed of a task's variant. */
  constructor(private readonly freeze: (task: Task, variant: string) => Promise<Program>) {}

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
    if (!made.warm) await timeSteps(program, steps, 1);
    made.warm = true;
    return timeSteps(program, steps, Math.max(1, Math.round(work)));
  };

  dispose(): void {
    for (const { program } of this.programs.values()) program.dispose();
    this.programs.clear();
  }
}

async function timeSteps({ gpu }: Program, steps: readonly CompiledStep[], runs: number): Promise<number> {
  const { queue } = gpu.device;
  const encoder = gpu.device.createCommandEncoder({ label: 'tuning' });
  const pass = encoder.beginComputePass();
  for (let run = 0; run < runs; run++) {
    for (const { pipeline, bindGroup, workgroups } of steps) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
  }
  pass.end();
  const commands = encoder.finish();
  await queue.onSubmittedWorkDone();
  const start = performance.now();
  queue.submit([commands]);
  await queue.onSubmittedWorkDone();
  return performance.now() - start;
}
