/** What browsers keep layers in, over the part of `caches` that is used; test/browser/fetch.test.ts has a real one. */
import { describe, expect, it, vi } from 'vitest';
import {
  type CacheLike,
  cacheStore,
  type CacheStorageLike,
  forgivingStore,
  KEPT_NAME,
  memoryStore,
  StoreError,
} from '../../../src/vgg/remote/index.js';
import { expectLayers, useServer } from './support.js';

/** A Cache Storage that keeps real answers to whole addresses. */
class MemoryCaches implements CacheStorageLike {
  readonly caches = new Map<string, Map<string, Response>>();

  async open(name: string): Promise<CacheLike> {
    const entries = this.caches.get(name) ?? new Map<string, Response>();
    this.caches.set(name, entries);
    return {
      match: async (url) => entries.get(new URL(url).href)?.clone(),
      put: async (url, response) => void entries.set(new URL(url).href, response),
      delete: async (url) => entries.delete(new URL(url).href),
      keys: async () => [...entries.keys()].map((url) => ({ url })),
    };
  }
}

const refusing: CacheStorageLike = {
  open: () => Promise.reject(new DOMException('Quota exceeded.', 'QuotaExceededError')),
};

const remote = useServer();

describe('cacheStore', () => {
  it('keeps bytes under names, gives them back, and forgets them', async () => {
    const caches = new MemoryCaches();
    const store = cacheStore(caches, 'mine');
    expect(await store.get('a')).toBeUndefined();
    await store.put('a', Uint8Array.of(1, 2, 3));
    await store.put('parts/0-x', Uint8Array.of(4));
    await store.put('parts/9-y', new Uint8Array(0));
    expect(await store.get('a')).toEqual(Uint8Array.of(1, 2, 3));
    expect(await store.get('parts/9-y')).toEqual(new Uint8Array(0));
    expect(await store.keys('parts/')).toEqual(['parts/0-x', 'parts/9-y']);
    await store.put('a', Uint8Array.of(5));
    expect(await store.get('a')).toEqual(Uint8Array.of(5));
    await store.delete('a');
    await store.delete('a');
    expect(await store.keys('')).toEqual(['parts/0-x', 'parts/9-y']);
    expect([...caches.caches.keys()]).toEqual(['mine']);
    // Another page of the same origin finds it.
    expect(await cacheStore(caches, 'mine').get('parts/0-x')).toEqual(Uint8Array.of(4));
    expect(await cacheStore(caches, 'other').get('parts/0-x')).toBeUndefined();
  });

  it('has what was fetched into it the second time, and parts of it after a break', async () => {
    const store = cacheStore(new MemoryCaches());
    const controller = new AbortController();
    const stop = ({ done }: { done: number }) => done > 1_500_000 && controller.abort();
    const stopped: unknown = await remote
      .fetch({ store, signal: controller.signal, onProgress: stop })
      .catch((error: unknown) => error);
    expect(stopped).toBe(controller.signal.reason);
    expect((await store.keys('vgg19.partial/')).length).toBeGreaterThan(0);
    const { received } = await remote.fetch({ store });
    expect(received).toBeLessThan(800_000);
    const { source, requests } = await remote.fetch({ store });
    await expectLayers(source, 'conv_5');
    expect(requests).toBe(0);
    expect(await store.keys('')).toEqual([KEPT_NAME]);
  });

  it('says in a sentence that a browser refuses', async () => {
    const store = cacheStore(refusing);
    for (const work of [store.get('a'), store.put('a', new Uint8Array(1)), store.delete('a')]) {
      const error: unknown = await work.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(String(error)).toBe(
        'StoreError: a in the cache "scumble" cannot be kept in this browser (Quota exceeded.); make room, or leave private mode.',
      );
    }
  });
});

describe('forgivingStore', () => {
  const full = () => {
    const put = vi.fn(() => Promise.reject(new StoreError('The disk is full.')));
    return { ...memoryStore(), put };
  };

  it('fetches all the same where nothing can be kept, and tells once', async () => {
    const store = full();
    const told: unknown[] = [];
    const { source } = await remote.fetch({ store: forgivingStore(store, (error) => told.push(error)) });
    await expectLayers(source, 'conv_5');
    expect(told).toEqual([expect.objectContaining({ message: 'The disk is full.' })]);
    expect(store.put).toHaveBeenCalledTimes(1);
  });

  it('is needed for that: else a full store ends it', async () => {
    await expect(remote.fetch({ store: full() })).rejects.toThrow('The disk is full.');
  });

  it('gives what was kept', async () => {
    const store = memoryStore();
    await store.put('a', Uint8Array.of(1));
    const forgiving = forgivingStore(store, () => undefined);
    await forgiving.put('b', Uint8Array.of(2));
    expect([await forgiving.get('a'), await store.get('b')]).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
  });
});
