import { TransferFailure } from './transfer-failure.js';

/** When to try again, and when no more. Times are in milliseconds. */
export interface RetryPolicy {
  /** So often in a row a request may fail, with next to nothing received, before its source is given up. */
  readonly attempts: number;
  /** Before the second attempt; doubled from then on. What is waited is a random half to whole of it. */
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** A server that asks for more patience than this (`Retry-After`) is given up. */
  readonly longestRequest: number;
  /** A connection that brings no byte for so long is given up as broken. */
  readonly stall: number;
  /** 0..1, for the jitter, so that many who fail together do not come back together. */
  readonly random: () => number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 5,
  firstDelay: 500,
  longestDelay: 15_000,
  longestRequest: 60_000,
  stall: 30_000,
  random: Math.random,
};

/** Where nothing has ever answered, a network is more likely missing than at fault. */
const FIRST_CONTACT_ATTEMPTS = 2;

/** A failure after this many new bytes begins the count anew: a line that breaks now and then gets there too. */
const PROGRESS_BYTES = 64 * 1024;

export interface Retries {
  readonly policy: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  /** Bytes received so far, whatever for. */
  readonly received: () => number;
  /** Is told of each failure that is not the end. */
  readonly onRetry?: ((failure: TransferFailure, delay: number) => void) | undefined;
}

/**
 * Does `work` until it succeeds. It has to go on by itself from where it broke off.
 *
 * @throws TransferFailure one that makes no sense to repeat, or the last of too many; `signal`'s reason once aborted
 */
export async function retrying<T>(
  { policy, signal, received, onRetry }: Retries,
  work: () => Promise<T>,
): Promise<T> {
  let failures = 0;
  let before = received();
  for (;;) {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TransferFailure) || !error.transient) throw error;
      failures = received() - before >= PROGRESS_BYTES ? 1 : failures + 1;
      before = received();
      const first = error.unreachable && received() === 0;
      if (failures >= Math.min(policy.attempts, first ? FIRST_CONTACT_ATTEMPTS : Infinity)) throw error;
      const delay = delayBefore(failures, policy, error.retryAfter);
      if (delay > policy.longestRequest) throw error;
      onRetry?.(error, delay);
      await sleep(delay, signal);
    }
  }
}

/** Exponential back-off with jitter, or what the server asked for if that is longer. */
function delayBefore(failures: number, policy: RetryPolicy, requested = 0): number {
  const whole = Math.min(policy.firstDelay * 2 ** (failures - 1), policy.longestDelay);
  return Math.max(whole * (0.5 + policy.random() / 2), requested);
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
