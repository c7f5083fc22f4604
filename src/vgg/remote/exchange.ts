import { Connection } from './connection.js';
import {
  contentLength,
  contentRange,
  type Fetch,
  type HttpResponse,
  isCompressed,
  type Validator,
  validatorOf,
} from './http.js';
import { DEFAULT_RETRY, type Retries, type RetryPolicy } from './retry.js';
import type { Span } from './span.js';
import { FileChanged, statusFailure, TransferFailure } from './transfer-failure.js';

export interface ExchangeOptions {
  readonly fetch: Fetch;
  readonly signal?: AbortSignal | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /**
   * Sends the validator along (`If-Range`). Not for browsers: across origins it needs a permission that file servers
   * may not give. Answers are compared in any case.
   */
  readonly ifRange?: boolean | undefined;
  readonly onRetry?: Retries['onRetry'];
}

/** An answer whose body is being received. */
export interface Answer {
  /** What the server says that the body holds. */
  readonly span: Span;
  /** False for a server that sends the whole file whatever it is asked for. */
  readonly partial: boolean;
  /** The next bytes, or undefined at the end. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** To be called where not all is read. */
  close(): void;
}

/** All requests for one file, whose size and state must stay the same over all of them. */
export class Exchange {
  requests = 0;
  /** Bytes of bodies. */
  received = 0;
  readonly retries: Retries;
  private conditional: boolean;
  private state: { size: number; validator: Validator | undefined } | undefined;

  constructor(
    private readonly url: string,
    private readonly options: ExchangeOptions,
  ) {
    const { retry, signal, onRetry, ifRange = false } = options;
    this.conditional = ifRange;
    this.retries = { policy: { ...DEFAULT_RETRY, ...retry }, signal, received: () => this.received, onRetry };
  }

  /** Bytes of the file. Known from the first answer on. */
  get size(): number {
    if (!this.state) throw new Error('no answer yet');
    return this.state.size;
  }

  get validator(): Validator | undefined {
    return this.state?.validator;
  }

  /**
   * Asks once for a part, or for all.
   *
   * @throws TransferFailure, FileChanged, or the reason of an abort
   */
  async get(span?: Span): Promise<Answer> {
    const { connection, response } = await this.request('GET', this.headers(span));
    try {
      if (response.status === 416 && this.state) throw new FileChanged();
      const answer = span && response.status === 206 ? partOf(response, span) : wholeOf(response);
      const size = answer.size ?? this.state?.size ?? (await this.askSize());
      this.check(size, validatorOf(response));
      // The file is the same, so it is the condition that this server does not understand.
      if (span && !answer.partial) this.conditional = false;
      return {
        partial: answer.partial,
        span: { begin: answer.begin, end: Math.min(answer.end ?? size, size) },
        read: async () => {
          const bytes = await connection.read();
          this.received += bytes?.length ?? 0;
          return bytes;
        },
        close: () => connection.close(),
      };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private headers(span: Span | undefined): Record<string, string> {
    if (!span) return {};
    const { validator } = this;
    return {
      range: `bytes=${span.begin}-${span.end - 1}`,
      ...(validator && this.conditional ? { 'if-range': validator.value } : {}),
    };
  }

  private async request(method: 'GET' | 'HEAD', headers: Record<string, string>) {
    const { fetch, signal } = this.options;
    const connection = new Connection({ fetch, signal, stall: this.retries.policy.stall });
    this.requests += 1;
    return { connection, response: await connection.request(this.url, method, headers) };
  }

  /** Where headers hide the size, as they may across origins, those of a HEAD need not. */
  private async askSize(): Promise<number> {
    const { connection, response } = await this.request('HEAD', {});
    // To its end, which is where it begins: what is cut off counts as a failure in a browser's log.
    await connection.read();
    connection.close();
    const size = response.status === 200 ? contentLength(response) : undefined;
    if (size === undefined) throw new TransferFailure('the server does not say how large it is');
    return size;
  }

  private check(size: number, validator: Validator | undefined): void {
    this.state ??= { size, validator };
    const was = this.state;
    if (size !== was.size || validator?.value !== was.validator?.value) throw new FileChanged();
  }
}

interface Announced {
  partial: boolean;
  begin: number;
  end?: number;
  size?: number | undefined;
}

function partOf(response: HttpResponse, asked: Span): Announced {
  if (isCompressed(response)) throw new TransferFailure('the server sends it compressed');
  const text = response.headers.get('content-range');
  // Across origins this header may be hidden.
  if (text === null) return { partial: true, begin: asked.begin, end: asked.end };
  const range = contentRange(text);
  if (!range || range.begin !== asked.begin || range.end > asked.end) {
    throw new TransferFailure('the server sends another part than it was asked for');
  }
  return { partial: true, ...range };
}

function wholeOf(response: HttpResponse): Announced {
  if (response.status !== 200) throw statusFailure(response.status, response.headers.get('retry-after'));
  return { partial: false, begin: 0, size: contentLength(response) };
}
