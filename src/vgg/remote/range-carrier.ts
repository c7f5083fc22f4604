import type { Carrier, Sink } from './carrier.js';
import type { Answer, Exchange } from './exchange.js';
import { retrying } from './retry.js';
import { coalesce, type Span } from './span.js';
import type { SparseBytes } from './sparse-bytes.js';
import { TransferFailure } from './transfer-failure.js';

/** To fetch so many bytes for nothing is cheaper than a request more. */
const GAP = 32 * 1024;

/** One request a span, one after the other over one connection, each from where the one before it broke off. */
export class RangeCarrier implements Carrier {
  constructor(
    private readonly exchange: Exchange,
    private readonly held: SparseBytes,
    private readonly sink: Sink,
    /** To a request that was made already, of a span that is asked for first. */
    private first: Answer | undefined,
  ) {}

  async fetch(spans: readonly Span[]): Promise<void> {
    for (const span of coalesce(spans, GAP)) {
      await retrying(this.exchange.retries, async () => {
        for (const missing of coalesce(this.held.missing(span), GAP)) {
          await receive(await this.answer(missing), missing, this.sink);
        }
      });
    }
  }

  close(): void {
    this.first?.close();
    this.first = undefined;
  }

  private async answer(span: Span): Promise<Answer> {
    const { first } = this;
    this.first = undefined;
    if (first?.span.begin === span.begin && first.span.end === span.end) return first;
    first?.close();
    return this.exchange.get(span);
  }
}

/** Reads an answer, which should hold `asked`. */
async function receive(answer: Answer, asked: Span, sink: Sink): Promise<void> {
  try {
    if (!answer.partial)
      throw new TransferFailure('the server sends the whole file now', { transient: true });
    let at = answer.span.begin;
    for (let bytes = await answer.read(); bytes; bytes = await answer.read()) {
      if (at + bytes.length > asked.end) {
        throw new TransferFailure('the server sends more than it was asked for', { transient: true });
      }
      await sink(at, bytes);
      at += bytes.length;
    }
    if (at < asked.end) throw new TransferFailure('the server ended too early', { transient: true });
  } finally {
    answer.close();
  }
}
