import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { Gpu } from '../gpu/gpu.js';
import { findLayer, layersUpTo } from '../vgg/layers.js';
import { VggFilters } from '../vgg/network.js';
import { openWeights } from '../vgg/open-weights.js';
import { loadVggWeights } from '../vgg/weights.js';
import { cacheFolder } from './cache-folder.js';
import { packageFile } from './package-files.js';
import { openRandomAccessFile } from './random-access-file.js';

/** The network that comes with the package. */
const EMBEDDED = packageFile('weights/embedded.safetensors');

/** The deepest convolution that the embedded network has. */
const EMBEDDED_DEPTH = 'conv3_1';

/** What torchvision calls its VGG-19 on the net and in its cache. */
const TORCHVISION_FILE = 'vgg19-dcbb9e9d.pth';

/**
 * Puts VGG-19's filters on the GPU, as deep as `layers` need and no deeper.
 *
 * @param choice `embedded`, `vgg19`, or the path of a `.safetensors` or `.pth` file.
 * @throws UserError if there is no such file, or it does not hold what is needed.
 */
export async function openFilters(gpu: Gpu, choice: string, layers: readonly string[]): Promise<VggFilters> {
  const wanted = layersUpTo(layers);
  if (choice === 'embedded') requireEmbedded(layers);
  const file = await openRandomAccessFile(await weightsPath(choice));
  try {
    return VggFilters.upload(gpu, await loadVggWeights(await openWeights(file), wanted));
  } finally {
    await file.close();
  }
}

function requireEmbedded(layers: readonly string[]): void {
  const isDeep = (name: string) =>
    layersUpTo([name])
      .filter(({ kind }) => kind === 'conv')
      .at(-1)!.index > findLayer(EMBEDDED_DEPTH).index;
  const deep = layers.find(isDeep);
  if (deep === undefined) return;
  throw new UserError(
    `The embedded network ends at ${EMBEDDED_DEPTH} and has no ${deep}; choose shallower layers, or give all of ` +
      'VGG-19 with --weights FILE.',
  );
}

async function weightsPath(choice: string): Promise<string> {
  if (choice === 'embedded') return EMBEDDED;
  if (choice !== 'vgg19') return choice;
  const cached = cachedVgg19();
  for (const path of cached) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  throw new UserError(
    `VGG-19 itself is not on this machine (there is no ${cached[0]!}); use --weights embedded, or --weights FILE with ` +
      'the .pth of torchvision or a .safetensors of it.',
  );
}

/** Where VGG-19 may lie: in our cache, and where PyTorch puts it. */
function cachedVgg19(): string[] {
  const { TORCH_HOME, XDG_CACHE_HOME } = process.env;
  const torch = TORCH_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'torch');
  return [cacheFolder(), join(torch, 'hub', 'checkpoints')].map((folder) => join(folder, TORCHVISION_FILE));
}
