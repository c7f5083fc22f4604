import { stat } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { type FetchedVgg19, KEPT_NAME, ORIGIN_KEY } from '../vgg/remote/index.js';
import { openSafetensors } from '../vgg/safetensors.js';
import { cacheFolder, makeCacheFolder } from './cache-folder.js';
import { folderStore } from './folder-store.js';
import { assertReplaceable } from './output-files.js';
import { openRandomAccessFile } from './random-access-file.js';
import { type FetchHooks, fetchOverHttp, vgg19Sources } from './vgg19.js';

export interface FetchRequest {
  readonly layers: readonly string[];
  /** One address, in place of the usual ones. */
  readonly from?: string | undefined;
  /** A folder, in place of the cache folder. */
  readonly to?: string | undefined;
}

export interface FetchedFile extends FetchedVgg19 {
  readonly path: string;
}

/**
 * Fetches VGG-19 into a file that `--weights` takes.
 *
 * @returns its path, and what there was to fetch.
 * @throws UserError if it cannot be fetched or written; the reason of `hooks.signal` when aborted
 */
export async function fetchWeights(
  { layers, from, to }: FetchRequest,
  hooks: FetchHooks,
): Promise<FetchedFile> {
  const folder = to ?? cacheFolder();
  const store = folderStore(folder);
  const path = store.describe(KEPT_NAME);
  if (to === undefined) await makeCacheFolder();
  else await assertOwn(path);
  await assertReplaceable(path);
  const sources = from === undefined ? vgg19Sources() : [from];
  return { ...(await fetchOverHttp({ ...hooks, layers, store, from: sources })), path };
}

/** What is in a folder of the user's is theirs, except what this has written. */
async function assertOwn(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (!there?.isFile()) return;
  const file = await openRandomAccessFile(path);
  try {
    const { metadata } = await openSafetensors(file);
    if (metadata.has(ORIGIN_KEY)) return;
  } catch {
    // Whatever it is, it is not ours.
  } finally {
    await file.close();
  }
  throw new UserError(
    `${path} is there already and is no file that scumble has fetched; move it away, or choose another folder with --to.`,
  );
}
