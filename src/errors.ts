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
    super(message, options);
  }
}
