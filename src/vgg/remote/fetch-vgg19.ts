import { UserError } from '../../errors.js';
import { layersUpTo, type VggLayer } from '../layers.js';
import { StoreError } from './blob-store.js';
import { fetchFrom } from './fetch-from.js';
import type { FetchedVgg19, FetchVgg19Options } from './fetch-options.js';
import { type Kept, openKept } from './kept.js';
import { publicPart } from './public-part.js';
import { VGG19_SOURCES } from './sources.js';
import { FileChanged, TransferFailure } from './transfer-failure.js';

/** The seed's: the deepest of its layers. */
const DEFAULT_LAYERS = ['conv_5'];

/** So often a file may change under way. */
const MOST_CHANGES = 2;

type KeptOptions = Omit<FetchVgg19Options, 'fetch'>;

/** None of the sources gave what was asked for. */
export class FetchError extends UserError {
  override readonly name = 'FetchError';

  constructor(
    /** What went wrong, source by source. */
    readonly reasons: string,
    cause: unknown,
  ) {
    super(`VGG-19 could not be fetched: ${reasons}; try again later, or fetch it from another place.`, 2, {
      cause,
    });
  }
}

/**
 * VGG-19's convolutions as deep as `layers` need: kept ones, or fetched ones, with as few bytes and requests as the
 * server allows, which are kept then. Runs on all platforms: the caller brings `fetch` and a store.
 *
 * What is kept is checked, by a SHA-256 for every tensor, each time. Of a deeper network only what is missing is fetched.
 * A run that is broken off leaves what it received in the store, and the next one goes on from there if the file on the
 * server is still the same.
 *
 * @throws UserError for an unknown layer, or if the store fails; FetchError if no source gives it; the reason of
 *   `signal` when aborted
 */
export async function fetchVgg19(options: FetchVgg19Options): Promise<FetchedVgg19> {
  const { from = VGG19_SOURCES, onNotice } = options;
  const kept = await soundKept(options);
  const done = kept && enough(kept, options);
  if (done) return done;
  const wanted = wantedOf(options);
  // What is kept is best completed from where it came from.
  const sources = [...from].sort((a, b) => Number(isFrom(kept, [b])) - Number(isFrom(kept, [a])));
  const failures: { reason: string; error: unknown }[] = [];
  for (const url of sources) {
    try {
      return await patiently(url, wanted, kept, options);
    } catch (error) {
      const reason = reasonOf(url, error);
      if (reason === undefined) throw error;
      failures.push({ reason, error });
      if (failures.length < sources.length) onNotice?.(`${reason}; trying another place.`);
    }
  }
  throw new FetchError(failures.map(({ reason }) => reason).join('; '), failures.at(-1)?.error);
}

/** Begins anew where the file changes under way. */
async function patiently(...[url, wanted, kept, options]: Parameters<typeof fetchFrom>) {
  for (let changes = 0; ; changes++) {
    try {
      return await fetchFrom(url, wanted, kept, options);
    } catch (error) {
      if (!(error instanceof FileChanged) || changes === MOST_CHANGES) throw error;
      options.onNotice?.(`${url} changed while it was being fetched; beginning anew.`);
    }
  }
}

/**
 * What `fetchVgg19` would give without fetching anything; undefined if it would have to.
 *
 * @throws UserError for an unknown layer, or if the store fails
 */
export async function findKept(options: KeptOptions): Promise<FetchedVgg19 | undefined> {
  const kept = await soundKept(options);
  return kept && enough(kept, options);
}

/** What is kept, unless it is damaged. */
async function soundKept({ store, onNotice }: KeptOptions): Promise<Kept | undefined> {
  try {
    return store && (await openKept(store));
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof StoreError) throw error;
    onNotice?.(`${error.message.replace(/;[^;]*$/, '')}; it is fetched anew.`);
    return undefined;
  }
}

function enough(kept: Kept, options: KeptOptions): FetchedVgg19 | undefined {
  const { source, bytes, origin, weights } = kept;
  const covers = wantedOf(options).every(({ name }) => weights.has(name));
  if (!covers || !isFrom(kept, options.from ?? VGG19_SOURCES)) return undefined;
  return { source, bytes, url: origin.url, received: 0, requests: 0 };
}

function wantedOf({ layers = DEFAULT_LAYERS }: KeptOptions): VggLayer[] {
  return layersUpTo(layers).filter(({ kind }) => kind === 'conv');
}

function isFrom(kept: Kept | undefined, urls: readonly string[]): boolean {
  return kept !== undefined && urls.some((url) => publicPart(url) === kept.origin.url);
}

/** The end of a sentence; undefined if it is no failure of the source. */
function reasonOf(url: string, error: unknown): string | undefined {
  if (error instanceof StoreError) return undefined;
  if (error instanceof UserError) return error.message.replace(/\.$/, '');
  if (error instanceof FileChanged) return `${url}: ${error.message}, again and again`;
  if (!(error instanceof TransferFailure)) return undefined;
  return `${error.unreachable ? new URL(url).host : publicPart(url)}: ${error.message}`;
}
