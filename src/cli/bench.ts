import type { Command } from 'commander';
import { type BenchGiven, benchRequest, declareBench } from './bench-options.js';
import { catchInterrupts, stopping } from './interrupts.js';
import { StageLine } from './stage-line.js';

/** The exit code of a comparison in which something got slower: neither a defect nor the user's to mend. */
const SLOWER = 3;

/** Adds `scumble bench` to the program. */
export function registerBench(program: Command): void {
  const command = program
    .command('bench')
    .description('measure the adapter, the main job on it, and every kernel against it');
  declareBench(command).action(async (given: BenchGiven) => {
    const request = benchRequest(given);
    // What the bench needs and nothing else does is not to slow down the start of the rest.
    const { bench } = await import('../../bench/command.js');
    const stage = new StageLine();
    const interrupts = catchInterrupts({
      onFirst: () => stage.note(stopping('a report')),
      beforeExit: () => stage.clear(),
    });
    try {
      const { text, slower, complaint } = await bench(request, {
        onStage: (words) => stage.show(words),
        signal: interrupts.signal,
      });
      stage.clear();
      console.log(text);
      if (complaint) throw complaint;
      process.exitCode = interrupts.exitCode() ?? (slower > 0 ? SLOWER : 0);
    } catch (error) {
      if (!interrupts.explains(error)) throw error;
      stage.clear();
      console.log('Stopped before anything was measured; nothing was written.');
      process.exitCode = interrupts.exitCode();
    } finally {
      stage.clear();
      interrupts.release();
    }
  });
}
