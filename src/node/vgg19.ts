import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import {
  FetchError,
  type FetchedVgg19,
  fetchVgg19,
  type FetchVgg19Options,
  findKept,
  forgivingStore,
  VGG19_SOURCES,
} from '../vgg/remote/index.js';
import { cacheFolder } from './cache-folder.js';
import { folderStore } from './folder-store.js';
import { openHttp } from './http.js';
import { onceEach } from './once-each.js';

export type FetchHooks = Pick<FetchVgg19Options, 'onProgress' | 'onNotice' | 'signal' | 'retry'>;

/** What torchvision calls its VGG-19 on the net and in its cache. */
const TORCHVISION_FILE = 'vgg19-dcbb9e9d.pth';

/** Addresses that VGG-19 is fetched from: what `SCUMBLE_VGG19_URL` names, or else where it is for everybody. */
export function vgg19Sources(): readonly string[] {
  const { SCUMBLE_VGG19_URL } = process.env;
  return SCUMBLE_VGG19_URL ? [requireAddress('SCUMBLE_VGG19_URL', SCUMBLE_VGG19_URL)] : VGG19_SOURCES;
}

/** @throws UserError unless `text`, which `option` gave, is an address that can be fetched from. */
export function requireAddress(option: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol) && !url.username) return text;
  throw new UserError(
    `${option} takes an address that begins with http:// or https:// and holds no password, not "${text}".`,
  );
}

/** As `fetchVgg19`, with this machine's network. */
export async function fetchOverHttp(options: Omit<FetchVgg19Options, 'fetch'>): Promise<FetchedVgg19> {
  const http = await openHttp();
  try {
    return await fetchVgg19({ from: vgg19Sources(), ifRange: true, ...options, fetch: http.fetch });
  } finally {
    await http.close();
  }
}

/**
 * VGG-19 as deep as `layers` need: what was fetched earlier, or the file that PyTorch keeps, or from the network, and then
 * it is kept in our cache folder.
 *
 * @returns the filters, or the path of a file with them.
 * @throws UserError if it is nowhere, with what else to do; the reason of `hooks.signal` when aborted
 */
export async function findVgg19(
  layers: readonly string[],
  hooks: FetchHooks,
): Promise<FetchedVgg19 | string> {
  const onNotice = onceEach(hooks.onNotice);
  const store = forgivingStore(folderStore(cacheFolder()), (error) => {
    onNotice(`${sentence(error)} VGG-19 is not kept, and will be fetched again.`);
  });
  const options = { ...hooks, onNotice, layers, store };
  const kept = await findKept(options);
  if (kept) return kept;
  const file = await firstThere(
    [cacheFolder(), torchFolder()].map((folder) => join(folder, TORCHVISION_FILE)),
  );
  if (file !== undefined) return file;
  try {
    return await fetchOverHttp(options);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    throw new UserError(
      `VGG-19 is not on this machine, and could not be fetched (${error.reasons}); use the embedded network ` +
        '(--weights embedded), or a .safetensors, .pth, .onnx or .caffemodel file of VGG-19 (--weights FILE).',
      2,
      { cause: error },
    );
  }
}

/** Where PyTorch keeps what it has fetched. */
function torchFolder(): string {
  const { TORCH_HOME, XDG_CACHE_HOME } = process.env;
  const home = TORCH_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'torch');
  return join(home, 'hub', 'checkpoints');
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
