import { readdir, readFile, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { type BlobStore, StoreError } from '../vgg/remote/index.js';
import { errorCode, fileReason } from './fs-errors.js';
import { makeFolders } from './make-folders.js';
import { replaceFile } from './output-files.js';

/**
 * Keeps bytes as files in a folder, which is made when the first is kept. What comes before a slash is a folder in it, there
 * as long as it has something in it.
 */
export function folderStore(folder: string): BlobStore {
  const describe = (key: string) => join(folder, key);
  return {
    describe,
    get: (key) => ifThere(describe(key), async (path) => new Uint8Array(await readFile(path))),
    put: async (key, bytes) => {
      const path = describe(key);
      const write = () =>
        explained(path, 'write', async () => {
          await makeFolders(dirname(path));
          await replaceFile(path, bytes);
        });
      // Another process may have taken the folder away between the two, as empty.
      await write().catch(write);
    },
    delete: async (key) => {
      const path = describe(key);
      await ifThere(path, unlink);
      if (key.includes('/')) await rmdir(dirname(path)).catch(() => undefined);
    },
    keys: async (prefix) => {
      const inside = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const names = (await ifThere(describe(inside), (path) => readdir(path))) ?? [];
      return names.map((name) => inside + name).filter((key) => key.startsWith(prefix));
    },
  };
}

async function ifThere<T>(path: string, work: (path: string) => Promise<T>): Promise<T | undefined> {
  return explained(path, 'read', () =>
    work(path).catch((error: unknown) => {
      // Where a part of the path is a file there is nothing either; only to write there is a failure.
      if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined;
      throw error;
    }),
  );
}

async function explained<T>(path: string, verb: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message =
      error instanceof UserError ? error.message : `Cannot ${verb} ${path}: ${fileReason(error)}.`;
    throw new StoreError(message, 2, { cause: error });
  }
}
