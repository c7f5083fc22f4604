import type { BlobStore } from './blob-store.js';
import { sha256 } from '../sha256.js';
import type { Validator } from './http.js';
import { coalesce } from './span.js';
import { SparseBytes } from './sparse-bytes.js';

/** Bytes received that a break may cost at most. */
const UNSAVED = 2 ** 20;

/** Digits of a hash that no accident makes equal. */
const DIGITS = 16;

/** Which state of which file. */
export interface FileState {
  readonly url: string;
  readonly size: number;
  readonly validator: Validator | undefined;
}

/**
 * The parts of one file that have been received, kept in a store until all is done, so that a run which was broken off
 * goes on where it was. Each is a blob of its own whose name tells the file's state, the place and a hash, so that runs
 * at the same time add to each other and what is damaged is left out.
 */
export class Pieces {
  private unsaved: { begin: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
  private unsavedBytes = 0;

  private constructor(
    private readonly store: BlobStore,
    private readonly folder: string,
    private readonly prefix: string,
  ) {}

  /**
   * Without a validator nothing tells whether the file is still the same; then nothing is kept.
   * @param folder before the names of all pieces, of whatever file.
   */
  static async open(store: BlobStore, folder: string, state: FileState): Promise<Pieces | undefined> {
    if (!state.validator) return undefined;
    const text = [state.url, state.size, state.validator.kind, state.validator.value].join('\n');
    const id = (await sha256(new TextEncoder().encode(text))).slice(0, DIGITS);
    return new Pieces(store, folder, `${folder}${id}-`);
  }

  /** Adds what earlier runs have kept. */
  async load(held: SparseBytes): Promise<void> {
    for (const key of await this.store.keys(this.prefix)) {
      const [begin, hash] = key.slice(this.prefix.length).split('-');
      const bytes = await this.store.get(key);
      if (bytes && (await digits(bytes)) === hash) held.add(Number(begin), bytes);
    }
  }

  /** Takes bytes, and puts them into the store when they have become many. */
  async add(begin: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.unsaved.push({ begin, bytes });
    this.unsavedBytes += bytes.length;
    if (this.unsavedBytes >= UNSAVED) await this.flush();
  }

  /** Puts all into the store that is not there yet. */
  async flush(): Promise<void> {
    const received = new SparseBytes();
    for (const { begin, bytes } of this.unsaved) received.add(begin, bytes);
    const spans = this.unsaved.map(({ begin, bytes }) => ({ begin, end: begin + bytes.length }));
    this.unsaved = [];
    this.unsavedBytes = 0;
    for (const span of coalesce(spans, 0)) {
      const bytes = received.read(span);
      await this.store.put(`${this.prefix}${span.begin}-${await digits(bytes)}`, bytes);
    }
  }

  /** Removes the pieces of this file. */
  discard(): Promise<void> {
    return this.remove(this.prefix);
  }

  /** Removes all pieces, of other files too. */
  clear(): Promise<void> {
    return this.remove(this.folder);
  }

  private async remove(prefix: string): Promise<void> {
    this.unsaved = [];
    for (const key of await this.store.keys(prefix)) await this.store.delete(key);
  }
}

async function digits(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return (await sha256(bytes)).slice(0, DIGITS);
}
