import { UserError } from '../../errors.js';

/** A store cannot do what it is for. */
export class StoreError extends UserError {
  override readonly name = 'StoreError';
}

/**
 * A place that keeps bytes under names such as `vgg19.safetensors` or `vgg19.partial/0-1`. Whatever else happens, a name
 * has its old bytes or its new ones, and never a part of them.
 */
export interface BlobStore {
  /** Where a name's bytes are, for sentences. */
  describe(key: string): string;
  /** @throws StoreError if they are there and cannot be read. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** @throws StoreError if they cannot be kept. */
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Nothing happens if there is none. */
  delete(key: string): Promise<void>;
  /** All names that begin so. */
  keys(prefix: string): Promise<string[]>;
}

/** Keeps them as long as the object lives. */
export function memoryStore(): BlobStore {
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    describe: (key) => key,
    get: async (key) => blobs.get(key)?.slice(),
    put: async (key, bytes) => void blobs.set(key, bytes.slice()),
    delete: async (key) => void blobs.delete(key),
    keys: async (prefix) => [...blobs.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/** As `store`, where a failure to keep something is told and no failure: for those who only want to have it sooner again. */
export function forgivingStore(store: BlobStore, onFailure: (error: unknown) => void): BlobStore {
  let failed = false;
  return {
    ...store,
    put: async (key, bytes) => {
      if (failed) return;
      try {
        await store.put(key, bytes);
      } catch (error) {
        failed = true;
        onFailure(error);
      }
    },
  };
}
