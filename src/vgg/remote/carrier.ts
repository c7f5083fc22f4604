import type { Span } from './span.js';

/** Where received bytes go; waited for before more are taken. */
export type Sink = (begin: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void> | void;

/** Brings parts of a file, in whatever way its server allows. */
export interface Carrier {
  /**
   * Gives all bytes of `spans` to the sink, perhaps some more, and after a failure again only what was missing.
   * @param spans in order and apart.
   */
  fetch(spans: readonly Span[]): Promise<void>;
  /** The file's SHA-256 in hexadecimal digits, where all of it comes by; whatever has not come yet is fetched. */
  digest?(): Promise<string>;
  close(): void;
}
