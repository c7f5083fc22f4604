/** Whether an error is no failure, but the end of work that gave way to the signal. */
export function gaveWay(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}
