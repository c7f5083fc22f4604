import { type BlobStore, StoreError } from './blob-store.js';

/** What is used of a browser's `Cache`. */
export interface CacheLike {
  /** The kept answer, if there is one. */
  match(url: string): Promise<
    | {
        /** Its body, whole. */
        arrayBuffer(): Promise<ArrayBuffer>;
      }
    | undefined
  >;
  /** Keeps an answer. */
  put(url: string, response: Response): Promise<void>;
  /** Drops an answer; whether there was one. */
  delete(url: string): Promise<boolean>;
  /** The addresses of all answers kept. */
  keys(): Promise<readonly { readonly url: string }[]>;
}

/** What is used of a browser's `caches`. */
export interface CacheStorageLike {
  /** The cache of that name, made if there is none. */
  open(name: string): Promise<CacheLike>;
}

/** Caches keep answers to requests; these can never be made (RFC 2606). */
const ORIGIN = 'https://scumble.invalid/';

/**
 * A store in a browser's Cache Storage, where pages of one origin find it again.
 * @param caches the page's or worker's `caches`.
 * @param name of the cache in it.
 */
export function cacheStore(caches: CacheStorageLike, name = 'scumble'): BlobStore {
  let opened: Promise<CacheLike> | undefined;
  /** Private windows and full disks refuse it. */
  const use = async <T>(key: string, work: (cache: CacheLike) => Promise<T>): Promise<T> => {
    try {
      return await work(await (opened ??= caches.open(name)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StoreError(
        `${describe(key)} cannot be kept in this browser (${reason}); make room, or leave private mode.`,
        2,
        { cause: error },
      );
    }
  };
  const describe = (key: string) => `${key} in the cache "${name}"`;
  return {
    describe,
    get: (key) =>
      use(key, async (cache) => {
        const found = await cache.match(ORIGIN + key);
        return found && new Uint8Array(await found.arrayBuffer());
      }),
    put: (key, bytes) => use(key, (cache) => cache.put(ORIGIN + key, new Response(bytes))),
    delete: (key) => use(key, async (cache) => void (await cache.delete(ORIGIN + key))),
    keys: (prefix) =>
      use(prefix, async (cache) => {
        const urls = (await cache.keys()).map(({ url }) => url);
        return urls.filter((url) => url.startsWith(ORIGIN + prefix)).map((url) => url.slice(ORIGIN.length));
      }),
  };
}
