import type { Command } from 'commander';
import { megabytes } from '../gpu/format.js';
import { stylizeFiles, type StylizeOutcome, type StylizeRequest } from '../node/stylize.js';
import { times } from '../style/sizes.js';
import { catchInterrupts, stopping } from './interrupts.js';
import { figure, minutes, Progress } from './progress.js';
import { declareStylize, stylizeRequest, type StylizeGiven } from './stylize-options.js';
import { TransferBar } from './transfer-bar.js';

/** Adds `scumble stylize` to the program. */
export function registerStylize(program: Command): void {
  const command = program.command('stylize').description('paint one picture in the style of another');
  declareStylize(command).action(
    async (content: string, style: string, given: StylizeGiven & { quiet?: true }) => {
      const { quiet = false, ...options } = given;
      await stylize(stylizeRequest(content, style, options), quiet);
    },
  );
}

async function stylize(request: StylizeRequest, quiet: boolean): Promise<void> {
  let progress: Progress | undefined;
  const transfer = new TransferBar();
  const interrupts = catchInterrupts({
    onFirst: () => {
      if (quiet) return;
      if (progress) {
        progress.note(stopping('writing the picture'));
        return;
      }
      transfer.stop();
      console.log('Stopping; once more to stop at once.');
    },
    beforeExit: () => {
      transfer.stop();
      progress?.stop();
    },
  });
  const say = (text: string) => {
    if (!quiet) console.log(text);
  };
  try {
    const outcome = await stylizeFiles(request, {
      onNotice: (sentence) => {
        if (!quiet) transfer.note(sentence);
      },
      onFetch: (done) => {
        if (!done) transfer.stop();
        else if (!quiet) transfer.show(done);
      },
      onStart: () => {
        if (!quiet) progress = new Progress(request.options.evaluations);
      },
      onScores: (scores) => progress?.show(scores),
      signal: interrupts.signal,
    });
    progress?.stop();
    if (progress) say(summary(request, outcome, progress));
    if (outcome.profile && request.profile !== undefined && !quiet) {
      const { profileTable } = await import('./profile-table.js');
      say(profileTable(outcome.profile, request.profile));
    }
    if (outcome.untraced) throw outcome.untraced;
    process.exitCode = interrupts.exitCode() ?? 0;
  } catch (error) {
    // Only what is waited for before there is a picture ends so.
    if (!interrupts.explains(error)) throw error;
    transfer.stop();
    say(NOTHING_DONE);
    process.exitCode = interrupts.exitCode();
  } finally {
    transfer.stop();
    progress?.stop();
    interrupts.release();
  }
}

const NOTHING_DONE = 'Stopped before the first evaluation; nothing was written.';

/** How a run ended, in one sentence. */
function summary({ output, options }: StylizeRequest, outcome: StylizeOutcome, progress: Progress): string {
  const { end, last, size, memory } = outcome;
  if (last === undefined) return NOTHING_DONE;
  const count = last.evaluation;
  const elapsed = minutes(progress.elapsed);
  const passes = `${count} evaluation${count === 1 ? '' : 's'}`;
  const held = `${megabytes(memory.peak)} of GPU memory, ${megabytes(memory.optimiser)} of it L-BFGS's`;
  const figures = `${passes}, ${figure(progress.perSecond)} a second, ${held}, ${output} (${times(size)})`;
  switch (end) {
    case 'complete':
      return `Done in ${elapsed}: ${figures}.`;
    case 'settled':
      return `Done in ${elapsed}, since the image had stopped changing: ${figures}.`;
    case 'aborted':
      return `Stopped after ${elapsed}, before all ${options.evaluations} evaluations: ${figures}.`;
  }
}
