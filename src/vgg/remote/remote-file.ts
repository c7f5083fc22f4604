import { UserError } from '../../errors.js';
import { checkRange, type RandomAccess } from '../random-access.js';
import type { BlobStore } from './blob-store.js';
import type { Carrier, Sink } from './carrier.js';
import { type Answer, Exchange, type ExchangeOptions } from './exchange.js';
import { promisedHash, sha256 } from '../sha256.js';
import type { Validator } from './http.js';
import { Pieces } from './pieces.js';
import { RangeCarrier } from './range-carrier.js';
import { retrying } from './retry.js';
import { coalesce, type Span, spanBytes } from './span.js';
import { SparseBytes } from './sparse-bytes.js';
import { type Hash, requireSmall, StreamCarrier } from './stream-carrier.js';

/** What is asked for before anything is known of a file: for safetensors and old PyTorch files all of the header. */
const HEAD = 16 * 1024;

/** Bytes, of all that is known to be needed. */
export interface TransferProgress {
  /** Those of earlier runs that were kept count too. */
  readonly done: number;
  readonly total: number;
}

export interface RemoteOptions extends ExchangeOptions {
  /** Where parts are kept until `clear`. */
  readonly store?: BlobStore | undefined;
  /** What the parts' names in the store begin with. */
  readonly folder?: string | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/**
 * A file on a server, of which only what is read is fetched. Reads that are asked for at the same time are fetched
 * together, neighbours in one request.
 */
export class RemoteFile implements RandomAccess {
  private readonly held = new SparseBytes();
  private readonly carrier: Carrier;
  private pieces: Pieces | undefined;
  /** Asked for and not on its way yet. */
  private waiting: Span[] = [];
  private next: Promise<void> | undefined;
  private current: Promise<void> = Promise.resolve();
  private total = 0;

  private constructor(
    /** The address, as it was given. */
    readonly name: string,
    private readonly exchange: Exchange,
    answer: Answer,
    hash: Hash | undefined,
    private readonly onProgress: (progress: TransferProgress) => void,
  ) {
    const sink: Sink = (begin, bytes) => this.take(begin, bytes);
    this.carrier = answer.partial
      ? new RangeCarrier(exchange, this.held, sink, answer)
      : new StreamCarrier(exchange, answer, sink, (done, total) => onProgress({ done, total }), hash);
  }

  /**
   * Asks for the beginning of a file, and takes up what earlier runs have kept of the same state of it.
   *
   * @throws TransferFailure if there is no such file, or it cannot be reached
   */
  static async open(url: string, options: RemoteOptions): Promise<RemoteFile> {
    const { store, folder = '', onProgress = () => undefined } = options;
    const exchange = new Exchange(url, options);
    const answer = await retrying(exchange.retries, () => exchange.get({ begin: 0, end: HEAD }));
    // Streams are hashed as they pass, and the platform's own cryptography wants all at once.
    const hashed = !answer.partial && promisedHash(url) !== undefined;
    const hash = hashed ? (await import('@noble/hashes/sha2.js')).sha256.create() : undefined;
    const file = new RemoteFile(url, exchange, answer, hash, onProgress);
    if (store) file.pieces = await Pieces.open(store, folder, { url, ...file.state });
    try {
      const head = await file.read(0, Math.min(HEAD, file.size));
      if (!answer.partial && isZip(head)) requireSmall(file.size);
      await file.pieces?.load(file.held);
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  get size(): number {
    return this.exchange.size;
  }

  get state(): { size: number; validator: Validator | undefined } {
    return { size: this.exchange.size, validator: this.exchange.validator };
  }

  /** What has come over the wire: bytes of bodies, and requests. */
  get traffic(): { received: number; requests: number } {
    return { received: this.exchange.received, requests: this.exchange.requests };
  }

  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    checkRange(this, offset, length);
    const span = { begin: offset, end: offset + length };
    await this.ensure(span);
    return this.held.read(span);
  }

  announce(offset: number, length: number): void {
    checkRange(this, offset, length);
    // Whoever reads a part of it is told.
    this.ensure({ begin: offset, end: offset + length }).catch(() => undefined);
  }

  /**
   * Compares the file's SHA-256 with what its name promises, where all of it comes by anyway.
   *
   * @throws UserError if they differ
   */
  async verify(): Promise<void> {
    const promised = promisedHash(this.name);
    if (promised === undefined) return;
    const whole = { begin: 0, end: this.size };
    const all = this.held.missing(whole).length === 0;
    const digest = this.carrier.digest
      ? await this.carrier.digest()
      : all && (await sha256(this.held.read(whole)));
    if (digest === false || digest.startsWith(promised)) return;
    throw new UserError(
      `${this.name} is damaged: its SHA-256 begins with ${digest.slice(0, promised.length)} and not with ${promised}, ` +
        'as its name says; get a fresh copy of the file.',
    );
  }

  /** Keeps what has been received for another run. */
  async keep(): Promise<void> {
    await this.pieces?.flush();
  }

  /** Forgets what was kept of this file. */
  async discard(): Promise<void> {
    await this.pieces?.discard();
  }

  /** Forgets what was kept of all files, since what they were for is done. */
  async clear(): Promise<void> {
    await this.pieces?.clear();
  }

  close(): void {
    this.carrier.close();
  }

  /** All that is asked for in the same turn goes together, and after what is on its way already. */
  private ensure(span: Span): Promise<void> {
    if (this.held.missing(span).length === 0) return Promise.resolve();
    this.waiting.push(span);
    this.next ??= this.fetchWaiting();
    return this.next;
  }

  private async fetchWaiting(): Promise<void> {
    await Promise.allSettled([this.current, new Promise((resolve) => setTimeout(resolve, 0))]);
    const spans = coalesce(this.waiting.splice(0), 0);
    this.next = undefined;
    const missing = spans.flatMap((span) => this.held.missing(span));
    this.total = this.held.bytes + spanBytes(missing);
    this.current = missing.length > 0 ? this.carrier.fetch(missing) : Promise.resolve();
    await this.current;
  }

  private async take(begin: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.held.add(begin, bytes);
    const done = this.held.bytes;
    // A stream tells itself how far it is.
    if (this.carrier instanceof RangeCarrier) this.onProgress({ done, total: Math.max(done, this.total) });
    await this.pieces?.add(begin, bytes);
  }
}

/** Its table of contents is at its end. */
function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b;
}
