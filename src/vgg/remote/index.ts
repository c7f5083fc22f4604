/** VGG-19 over the network, on any platform: see fetchVgg19. */
export { type BlobStore, forgivingStore, memoryStore, StoreError } from './blob-store.js';
export { type CacheLike, cacheStore, type CacheStorageLike } from './cache-store.js';
export type { FetchedVgg19, FetchVgg19Options } from './fetch-options.js';
export { FetchError, fetchVgg19, findKept } from './fetch-vgg19.js';
export type { Fetch, HttpResponse } from './http.js';
export { KEPT_NAME, LAYERS_KEY, ORIGIN_KEY } from './kept.js';
export type { TransferProgress } from './remote-file.js';
export { DEFAULT_RETRY, type RetryPolicy } from './retry.js';
export { VGG19_SOURCES } from './sources.js';
