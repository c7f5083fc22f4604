import { gaveWay } from '../errors.js';

/** Exit codes as a shell gives them: 128 and the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * A second signal this soon after the first is the same one, delivered twice: `timeout` and terminals signal a process
 * and then its whole group. Milliseconds.
 */
const SAME_SIGNAL_MS = 500;

/** Ctrl-C and its like, and a terminal that is closed, caught so that work may end in good order. */
export interface Interrupts {
  /** Is aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code that the signal caught asks for; undefined if there was none. */
  readonly exitCode: () => number | undefined;
  /** Whether an error is no failure, but the end of work that gave way to the signal. */
  readonly explains: (error: unknown) => boolean;
  /** Lets signals end the process again. */
  release(): void;
}

interface InterruptHooks {
  /** The first signal was heard, and the work is to end in good order, which may take a moment. */
  onFirst?: () => void;
  /** A second one, meant as such, is to end the process at once. */
  beforeExit?: () => void;
}

/**
 * The answer to a first signal.
 * @param undone what a second one prevents, as in 'writing the picture'.
 */
export function stopping(undone: string): string {
  return `Stopping; once more to stop without ${undone}.`;
}

/** Catches the first signal; a second one ends the process. */
export function catchInterrupts({ onFirst, beforeExit }: InterruptHooks = {}): Interrupts {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let caughtAt = 0;
  const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
    const listener = () => {
      if (exitCode !== undefined) {
        if (performance.now() - caughtAt < SAME_SIGNAL_MS) return;
        beforeExit?.();
        process.exit(code);
      }
      exitCode = code;
      caughtAt = performance.now();
      controller.abort();
      onFirst?.();
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    explains: (error) => gaveWay(error, controller.signal),
    release: () => listeners.forEach(([name, listener]) => process.off(name, listener)),
  };
}
