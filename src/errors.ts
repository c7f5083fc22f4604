/**
 * Something the caller can mend: a bad file, an impossible size, a layer that does not exist. The message is
 * one whole sentence that says what was wrong, where, and what to do; the command line prints it as it is and
 * exits with `exitCode`.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(
    message: string,
    readonly exitCode: number = 2,
    options?: ErrorOptions,
  ) {
    super(printable(message), options);
  }
}

/** Room for a path of the greatest length (4096 on Linux) and a sentence. */
const LONGEST = 5000;

/**
 * Sentences quote names out of files that anybody may have made: what would steer a terminal or break the line is
 * replaced by a question mark, and what is endless is cut.
 */
export function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '?');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST / 2)} … ${line.slice(-LONGEST / 2)}`;
}

/** Whether an error is no failure, but the end of work that gave way to the signal. */
export function gaveWay(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}
