import type { WeightSource } from '../weights.js';
import type { BlobStore } from './blob-store.js';
import type { ExchangeOptions } from './exchange.js';
import type { TransferProgress } from './remote-file.js';

/** What to fetch, from where, and where to keep it. */
export interface FetchVgg19Options extends Pick<ExchangeOptions, 'fetch' | 'signal' | 'retry' | 'ifRange'> {
  /** In either scheme (`conv_5` or `conv3_1`); all convolutions up to the deepest are fetched. Those of the seed if not given. */
  readonly layers?: readonly string[] | undefined;
  /** Where layers are kept that have been fetched, and parts of them. Nothing is kept without it. */
  readonly store?: BlobStore | undefined;
  /** Addresses of files with VGG-19 in any format that `openWeights` reads, tried in order; VGG19_SOURCES if not given. */
  readonly from?: readonly string[] | undefined;
  /** Is told how much has come so far. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** Is given one sentence for each thing that goes another way than it should. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/** Weights fetched or found, and what that took. */
export interface FetchedVgg19 {
  /** The convolutions asked for, perhaps more, in memory. */
  readonly source: WeightSource;
  /** Of the safetensors file that is kept, or would be: all that `source` has. */
  readonly bytes: number;
  /** Where it came from, now or earlier. */
  readonly url: string;
  /** Over the wire, for this: bytes of bodies, and requests. Both 0 if all was kept. */
  readonly received: number;
  readonly requests: number;
}
