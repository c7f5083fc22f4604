/** @file What the page of fetch.test.ts runs: `fetchInto`, a global, which fetches VGG-19 into the browser's cache. */
import { sha256 } from '../../src/vgg/sha256.js';
import { cacheStore, type CacheStorageLike, fetchVgg19 } from '../../src/vgg/remote/index.js';

/** The browser's own; the types here are Node's. */
declare const caches: CacheStorageLike;

export interface FetchedInPage {
  requests: number;
  received: number;
  /** Hashes of tensors by their names. */
  hashes: Record<string, string>;
}

async function fetchInto(url: string, names: readonly string[]): Promise<FetchedInPage> {
  const { source, requests, received } = await fetchVgg19({
    fetch: (address, init) => fetch(address, init),
    from: [url],
    store: cacheStore(caches),
    retry: { firstDelay: 1 },
  });
  const hash = async (name: string) => {
    const { buffer, byteOffset, byteLength } = await source.read(name);
    return [name, await sha256(new Uint8Array(buffer, byteOffset, byteLength))] as const;
  };
  return { requests, received, hashes: Object.fromEntries(await Promise.all(names.map(hash))) };
}

Object.assign(globalThis, { fetchInto });
