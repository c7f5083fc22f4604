import { UserError } from '../../errors.js';
import type { VggLayer } from '../layers.js';
import { openWeights } from '../open-weights.js';
import { PREPROCESSING_KEY, preprocessingText } from '../preprocessing.js';
import { loadVggWeights, type WeightSource } from '../weights.js';
import { type BlobStore, StoreError } from './blob-store.js';
import type { FetchedVgg19, FetchVgg19Options } from './fetch-options.js';
import { decodeKept, encodeKept, type Kept, KEPT_NAME, type Origin, sameOrigin } from './kept.js';
import { publicPart } from './public-part.js';
import { RemoteFile } from './remote-file.js';

/** Before the names of all parts of files that are on their way. */
const PARTIAL = 'vgg19.partial/';

/**
 * Fetches from one source what is missing of `wanted`, and keeps it with what was kept before.
 *
 * @throws TransferFailure, FileChanged or UserError if the source does not give it; StoreError
 */
export async function fetchFrom(
  url: string,
  wanted: readonly VggLayer[],
  kept: Kept | undefined,
  options: FetchVgg19Options,
): Promise<FetchedVgg19> {
  const { store, onNotice } = options;
  const file = await RemoteFile.open(url, {
    ...options,
    folder: PARTIAL,
    onRetry: ({ message }, delay) => {
      const seconds = (delay / 1000).toFixed(1);
      onNotice?.(`${new URL(url).host}: ${message}; trying again in ${seconds} seconds.`);
    },
  });
  try {
    const origin = originOf(url, file);
    const old = kept && sameOrigin(kept.origin, origin) ? kept.weights : new Map<never, never>();
    const source = await openWeights(file);
    const missing = wanted.filter(({ name }) => !old.has(name));
    const fresh = await loadVggWeights(source, missing);
    await file.verify();
    const name = store?.describe(KEPT_NAME) ?? url;
    const bytes = await keep(store, async (there) => {
      // Another process may have kept more in the meantime.
      const beside = there && (await decodeKept(name, there).catch(ignoreDamage));
      const more = beside && sameOrigin(beside.origin, origin) ? beside.weights : old;
      return encodeKept(new Map([...old, ...more, ...fresh]), origin, carried(source));
    });
    await file.clear();
    const result = await decodeKept(name, bytes);
    return { source: result.source, bytes: bytes.length, url: origin.url, ...file.traffic };
  } catch (error) {
    // What has come so far is for the next run, unless it was found to be wrong. The news is the first error.
    const wrong = error instanceof UserError && !(error instanceof StoreError);
    await (wrong ? file.discard() : file.keep()).catch(() => undefined);
    throw error;
  } finally {
    file.close();
  }
}

/** Keeps what `merge` makes of what is there by then, which is looked at again at the last moment. */
async function keep(
  store: BlobStore | undefined,
  merge: (there: Bytes | undefined) => Promise<Bytes>,
): Promise<Bytes> {
  if (!store) return merge(undefined);
  for (;;) {
    const there = await store.get(KEPT_NAME);
    const bytes = await merge(there);
    if (!sameBytes(there, await store.get(KEPT_NAME))) continue;
    await store.put(KEPT_NAME, bytes);
    return bytes;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

function sameBytes(a: Bytes | undefined, b: Bytes | undefined): boolean {
  if (!a || !b) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function originOf(url: string, { state: { size, validator } }: RemoteFile): Origin {
  return { url: publicPart(url), size: String(size), state: validator?.value ?? '' };
}

/** What the file says of itself that holds for its layers too. */
function carried({ preprocessing }: WeightSource): Record<string, string> {
  return preprocessing ? { [PREPROCESSING_KEY]: preprocessingText(preprocessing) } : {};
}

function ignoreDamage(error: unknown): undefined {
  if (error instanceof StoreError) throw error;
  return undefined;
}
