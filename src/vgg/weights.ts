import { UserError } from '../errors.js';
import type { VggLayer } from './layers.js';

/** The filters of one convolution, float32 on the host. */
export interface ConvolutionWeights {
  /** [out channels, in channels, 3, 3], row-major, as PyTorch's `Conv2d.weight`. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** [out channels]. */
  readonly bias: Float32Array<ArrayBuffer>;
  /** The shape of `weight`. */
  readonly shape: readonly [number, number, number, number];
}

export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  /** `f32`, `f16`, `bf16` and `f64` can be read; any other type is only listed. */
  readonly dtype: string;
}

/** Named tensors somewhere, each read only when it is asked for. */
export interface WeightSource {
  /** What errors call it, usually the path of a file. */
  readonly describe: string;
  readonly tensors: readonly TensorInfo[];
  /** Free text stored with the tensors; empty where the format has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * One tensor as float32, row-major.
   * @throws UserError if there is no such tensor, its type is not one that can be read, or the file is damaged.
   */
  read(name: string): Promise<Float32Array<ArrayBuffer>>;
}

/** torchvision's key of a convolution's tensor, after whatever modules the network was wrapped in. */
const KEY = /^(.*\.)?(features\.\d+\.(?:weight|bias))$/;

/**
 * The weights of every convolution among `layers`, under the paper's names (`conv1_1`), from tensors called as
 * in torchvision's VGG-19 (`features.0.weight`), perhaps with a prefix (`module.`, `model.`). No other tensor
 * is read.
 * @throws UserError naming the source and the tensor if one is missing, has another shape, or holds a value that
 *   is not finite.
 */
export async function loadVggWeights(
  source: WeightSource,
  layers: readonly VggLayer[],
): Promise<Map<string, ConvolutionWeights>> {
  const prefix = findPrefix(source);
  // All at once: a source that is far away fetches neighbours together.
  const loaded = layers
    .filter(({ kind }) => kind === 'conv')
    .map(async ({ name, index, inChannels, outChannels }) => {
      const shape = [outChannels, inChannels, 3, 3] as const;
      const [weight, bias] = await Promise.all([
        readChecked(source, `${prefix}features.${index}.weight`, shape, name),
        readChecked(source, `${prefix}features.${index}.bias`, [outChannels], name),
      ]);
      return [name, { weight, bias, shape }] as const;
    });
  return new Map(await Promise.all(loaded));
}

/** What stands before `features.` in all the keys. Two networks in one file are not guessed between. */
function findPrefix(source: WeightSource): string {
  const keys = source.tensors.map(({ name }) => KEY.exec(name)).filter((match) => match !== null);
  const prefixes = [...new Set(keys.map((match) => match[1] ?? ''))];
  // Without a prefix it is torchvision's own layout, which needs no guess.
  if (prefixes.length === 0 || prefixes.includes('')) return '';
  if (prefixes.length === 1) return prefixes[0]!;
  throw new UserError(
    `${source.describe} holds several networks (${prefixes.map((prefix) => `"${prefix}features…"`).join(', ')}); ` +
      'save one of them to a file of its own.',
  );
}

async function readChecked(
  source: WeightSource,
  key: string,
  shape: readonly number[],
  layer: string,
): Promise<Float32Array<ArrayBuffer>> {
  const found = source.tensors.find(({ name }) => name === key);
  if (found === undefined) {
    throw new UserError(
      `${source.describe} has no tensor "${key}", which ${layer} needs; give the weights of a VGG-19 with the ` +
        'names that torchvision uses, at least as deep as the layers asked for.',
    );
  }
  if (found.shape.length !== shape.length || found.shape.some((size, axis) => size !== shape[axis])) {
    throw new UserError(
      `${source.describe} has "${key}" with the shape [${found.shape.join(', ')}], but ${layer} of VGG-19 needs ` +
        `[${shape.join(', ')}]; give the weights of a VGG-19 without batch normalisation.`,
    );
  }
  const values = await source.read(key);
  if (!allFinite(values)) {
    throw new UserError(
      `${source.describe} has infinite or undefined numbers in "${key}"; get a fresh copy of the file.`,
    );
  }
  return values;
}

/** As `every(Number.isFinite)`, at a fraction of the time: x − x is 0 for what is finite, else not a number. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0;
}
