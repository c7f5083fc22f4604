import type { BodyReader, Fetch, HttpResponse } from './http.js';
import { networkFailure, TransferFailure } from './transfer-failure.js';

export interface ConnectionOptions {
  readonly fetch: Fetch;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which it counts as broken. */
  readonly stall: number;
}

/** One request, which ends by itself where nothing comes any more. */
export class Connection {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly abort = () => this.controller.abort(this.options.signal?.reason);
  private body: BodyReader | undefined;
  private ended = false;

  constructor(private readonly options: ConnectionOptions) {
    options.signal?.addEventListener('abort', this.abort);
    this.touch();
  }

  /** @throws TransferFailure, or the reason of an abort */
  async request(url: string, method: 'GET' | 'HEAD', headers: Record<string, string>): Promise<HttpResponse> {
    return this.guarded(true, async () => {
      this.options.signal?.throwIfAborted();
      const { signal } = this.controller;
      const response = await this.options.fetch(url, { method, headers, signal, cache: 'no-store' });
      this.body = response.body?.getReader();
      return response;
    });
  }

  /** The next bytes of the answer, or undefined at its end. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { value } = await this.guarded(false, async () => (await this.body?.read()) ?? END);
    if (!value) {
      this.ended = true;
      this.release();
      return undefined;
    }
    // A copy only where the bytes are in memory that is shared, which types cannot rule out.
    return isPlain(value) ? value : new Uint8Array(value);
  }

  /** Ends it, whether all has come or not. */
  close(): void {
    this.release();
    // What has come to its end in good order is left alone, for the next request to use.
    if (!this.ended) this.controller.abort();
    this.ended = true;
  }

  private release(): void {
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.abort);
  }

  private async guarded<T>(connecting: boolean, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.touch();
      return result;
    } catch (error) {
      const { aborted, reason } = this.controller.signal;
      this.close();
      this.options.signal?.throwIfAborted();
      throw aborted && reason instanceof TransferFailure ? reason : networkFailure(error, connecting);
    }
  }

  private touch(): void {
    clearTimeout(this.timer);
    const seconds = Math.round(this.options.stall / 1000);
    this.timer = setTimeout(() => {
      const message = seconds > 0 ? `nothing came for ${seconds} seconds` : 'nothing came for a while';
      this.controller.abort(new TransferFailure(message, { transient: true }));
    }, this.options.stall);
  }
}

const END: Awaited<ReturnType<BodyReader['read']>> = { done: true };

function isPlain(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
