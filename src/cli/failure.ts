import { CommanderError } from 'commander';
import { UserError } from '../errors.js';
import { GpuError } from '../gpu/errors.js';

/** Exit code for arguments that make no sense: that of UserError too, and of most Unix tools. */
const USAGE = 2;
const DEFECT = 1;

/** What may go wrong with a GPU though nothing is wrong with us. */
const GPU_SENTENCES: Partial<Record<GpuError['kind'], string>> = {
  'out-of-memory':
    'The GPU has not enough memory for this; choose a smaller size (--size) or a shorter memory of the optimiser (--history).',
  'device-lost':
    'The GPU was lost while it was working, as when its driver restarts or a computation takes too long; try again, perhaps with a smaller size (--size) or another adapter (--adapter).',
};

/** How a run that threw ends. */
export interface Failure {
  exitCode: number;
  /** For stderr; undefined where everything has been said already. */
  text: string | undefined;
}

/** Turns whatever a command threw into an exit code and a sentence, or the stack trace if `debug` is set. */
export function describeFailure(error: unknown, debug: boolean): Failure {
  if (error instanceof CommanderError) {
    // Commander has printed its own message; its code is 0 for --help and --version.
    return { exitCode: error.exitCode === 0 ? 0 : USAGE, text: undefined };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof UserError) {
    return { exitCode: error.exitCode, text: debug ? trace : `scumble: ${error.message}` };
  }
  const known = error instanceof GpuError ? GPU_SENTENCES[error.kind] : undefined;
  if (known !== undefined) return { exitCode: DEFECT, text: debug ? trace : `scumble: ${known}` };
  if (error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd') {
    const text = 'scumble: The folder that this runs in is gone; change to another one.';
    return { exitCode: USAGE, text: debug ? trace : text };
  }
  const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
  const sentence = `This is a defect in Scumble: ${message.replace(/\.$/, '')}; run it again with SCUMBLE_DEBUG=1 for where it happened, and report that.`;
  return { exitCode: DEFECT, text: debug ? trace : `scumble: ${sentence}` };
}
