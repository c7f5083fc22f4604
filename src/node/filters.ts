import { requireText } from '../checks.js';
import { UserError } from '../errors.js';
import type { Gpu } from '../gpu/gpu.js';
import { findLayer, layersUpTo, requireLayers } from '../vgg/layers.js';
import { VggFilters } from '../vgg/network.js';
import { openWeights } from '../vgg/open-weights.js';
import { choosePreprocessing, type PreprocessingChoice } from '../vgg/preprocessing.js';
import { loadVggWeights, type WeightSource } from '../vgg/weights.js';
import { packageFile } from './package-files.js';
import { openRandomAccessFile } from './random-access-file.js';
import { type FetchHooks, findVgg19 } from './vgg19.js';

/** The network that comes with the package. */
const EMBEDDED = packageFile('weights/embedded.safetensors');

/** The deepest convolution that the embedded network has. */
const EMBEDDED_DEPTH = 'conv3_1';

/** Weights that a user has chosen. */
export interface ChosenWeights {
  readonly source: WeightSource;
  /** To be called when nothing more is read of them. */
  close(): Promise<void>;
}

/**
 * Opens the weights of VGG-19 that are wanted, and fetches them if that must be.
 *
 * @param choice `embedded`, `vgg19`, or the path of a file that openWeights reads.
 * @param layers which they are needed for.
 * @throws UserError if there is no such file, or it does not hold weights; the reason of `hooks.signal` when aborted
 */
export async function openChoice(
  choice: string,
  layers: readonly string[],
  hooks: FetchHooks = {},
): Promise<ChosenWeights> {
  requireText('The choice of weights', choice);
  requireLayers('layers', layers);
  if (choice === 'embedded') requireEmbedded(layers);
  const found = choice === 'vgg19' ? await findVgg19(layers, hooks) : choice;
  if (typeof found !== 'string') return { source: found.source, close: async () => undefined };
  const file = await openRandomAccessFile(found === 'embedded' ? EMBEDDED : found);
  const close = () => file.close();
  try {
    return { source: await openWeights(file), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Puts VGG-19's filters on the GPU, as deep as `layers` need and no deeper. Arguments and errors as those of `openChoice`.
 *
 * @param options preprocessing: what to do to pictures first; default: what the file says.
 * @throws UserError also if the weights do not hold what is needed
 */
export async function openFilters(
  gpu: Gpu,
  choice: string,
  layers: readonly string[],
  { preprocessing = 'auto', ...hooks }: FetchHooks & { readonly preprocessing?: PreprocessingChoice } = {},
): Promise<VggFilters> {
  const { source, close } = await openChoice(choice, layers, hooks);
  try {
    const chosen = choosePreprocessing(preprocessing, source);
    return VggFilters.upload(gpu, await loadVggWeights(source, layersUpTo(layers)), chosen);
  } finally {
    await close();
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
    `The embedded network ends at ${EMBEDDED_DEPTH} and has no ${deep}; choose shallower layers, or all of VGG-19 ` +
      '(--weights vgg19, or a file of it).',
  );
}
