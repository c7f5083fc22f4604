import type { Carrier, Sink } from './carrier.js';
import type { Answer, Exchange } from './exchange.js';
import { toHex } from '../sha256.js';
import { retrying } from './retry.js';
import type { Span } from './span.js';
import { TransferFailure } from './transfer-failure.js';

/** Files up to this size are kept whole in memory. */
const KEPT_WHOLE = 64 * 2 ** 20;

/** What takes the bytes of a file one after the other and tells its hash at the end. */
export interface Hash {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

/**
 * For a server that sends the whole file whatever it is asked for: lets it pass by and keeps what is asked for. What has
 * passed cannot be had any more, unless the file is small.
 */
export class StreamCarrier implements Carrier {
  /** Of the next byte to be looked at. */
  private position = 0;
  /** What has come and was not looked at yet. */
  private rest: Uint8Array<ArrayBuffer> | undefined;
  /** The furthest that `position` has been, which is what was hashed. */
  private furthest = 0;

  constructor(
    private readonly exchange: Exchange,
    /** That of the file's beginning, not read yet. */
    private answer: Answer | undefined,
    private readonly sink: Sink,
    /** Is told how much has passed, and of how much. */
    private readonly onPass: (done: number, total: number) => void,
    private readonly hash: Hash | undefined,
  ) {}

  async fetch(spans: readonly Span[]): Promise<void> {
    const { size } = this.exchange;
    const wanted = size <= KEPT_WHOLE ? [{ begin: 0, end: size }] : spans;
    const [first] = wanted;
    if (first && first.begin < this.position) requireSmall(size);
    await this.pass(wanted, wanted.at(-1)?.end ?? 0);
  }

  async digest(): Promise<string> {
    if (!this.hash) throw new Error('nothing was hashed');
    await this.pass([], this.exchange.size);
    return toHex(this.hash.digest());
  }

  close(): void {
    this.answer?.close();
    this.answer = undefined;
    this.rest = undefined;
  }

  /** Goes on until all bytes before `end` have come by. After a failure it begins anew, as such a server does. */
  private async pass(wanted: readonly Span[], end: number): Promise<void> {
    await retrying({ ...this.exchange.retries, received: () => this.furthest }, async () => {
      try {
        while (this.position < end) await this.next(wanted, end);
      } catch (error) {
        this.close();
        throw error;
      }
    });
  }

  private async next(wanted: readonly Span[], end: number): Promise<void> {
    if (!this.answer) {
      this.position = 0;
      this.answer = await this.exchange.get();
    }
    const come = this.rest ?? (await this.answer.read());
    if (!come) throw new TransferFailure('the server ended too early', { transient: true });
    const bytes = come.subarray(0, end - this.position);
    this.rest = bytes.length < come.length ? come.subarray(bytes.length) : undefined;
    const begin = this.position;
    this.position += bytes.length;
    this.onPass(this.position, end);
    if (this.position > this.furthest) {
      this.hash?.update(bytes.subarray(Math.max(0, this.furthest - begin)));
      this.furthest = this.position;
    }
    for (const span of wanted) {
      const part = bytes.slice(Math.max(0, span.begin - begin), Math.max(0, span.end - begin));
      if (part.length > 0) await this.sink(Math.max(begin, span.begin), part);
    }
  }
}

/**
 * To be called before something is read that has passed already.
 *
 * @throws TransferFailure unless a file of `size` bytes is kept whole
 */
export function requireSmall(size: number): void {
  if (size <= KEPT_WHOLE) return;
  const megabytes = Math.round(size / 1e6);
  throw new TransferFailure(
    `the server does not send parts of files, and this one is too large to be fetched whole (${megabytes} MB)`,
  );
}
