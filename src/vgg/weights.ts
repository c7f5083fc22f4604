import { UserError } from '../errors.js';
import type { VggLayer } from './layers.js';
import type { Preprocessing } from './preprocessing.js';
import { convolutionFinder } from './vgg-tensors.js';

/** The filters of one convolution, float32 on the host. */
export interface ConvolutionWeights {
  /** [out channels, in channels, 3, 3], row-major, as PyTorch's `Conv2d.weight`. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** [out channels]. */
  readonly bias: Float32Array<ArrayBuffer>;
  /** The shape of `weight`. */
  readonly shape: readonly [number, number, number, number];
}

/** What a file says of one of its tensors. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  /** `f32`, `f16`, `bf16` and `f64` can be read; any other type is only listed. */
  readonly dtype: string;
}

/** What a file calls the tensors of one convolution. */
export interface ConvolutionTensors {
  readonly weight: string;
  /** Not there where the convolution has no bias. */
  readonly bias?: string;
}

/** What of a network's graph tells which of its tensors are which. */
export interface ConvolutionGraph {
  /** In the order in which they are computed. */
  readonly convolutions: readonly ConvolutionTensors[];
  /** What the network has that VGG-19 does without, so that its filters do not fit: `batch normalisation`. */
  readonly unfit?: string;
}

/** Named tensors somewhere, each read only when it is asked for. */
export interface WeightSource {
  /** What errors call it, usually the path of a file. */
  readonly describe: string;
  /** The format of the file, as its users call it: `safetensors`, `ONNX`. */
  readonly format: string;
  readonly tensors: readonly TensorInfo[];
  /** The network's convolutions, where the format tells of a network and not of tensors alone. */
  readonly graph?: ConvolutionGraph;
  /** What the network wants done to a picture, where the file or its format says so. */
  readonly preprocessing?: Preprocessing;
  /** Free text stored with the tensors; empty where the format has none. */
  readonly metadata: ReadonlyMap<string, string>;
  /**
   * One tensor as float32, row-major.
   * @throws UserError if there is no such tensor, its type is not one that can be read, or the file is damaged.
   */
  read(name: string): Promise<Float32Array<ArrayBuffer>>;
}

/**
 * The weights of every convolution among `layers`, under the paper's names (`conv1_1`). No other tensor is read.
 * @throws UserError naming the source and the tensor if one is missing, has another shape, or holds a value that
 *   is not finite.
 */
export async function loadVggWeights(
  source: WeightSource,
  layers: readonly VggLayer[],
): Promise<Map<string, ConvolutionWeights>> {
  const find = convolutionFinder(source);
  // All are found before any is read, and read all at once: a source that is far away fetches neighbours together.
  const found = layers.filter(({ kind }) => kind === 'conv').map((layer) => ({ layer, ...find(layer) }));
  const loaded = found.map(async ({ layer: { name, inChannels, outChannels }, ...tensors }) => {
    const [weight, bias] = await Promise.all([
      readFinite(source, tensors.weight),
      readFinite(source, tensors.bias),
    ]);
    return [name, { weight, bias, shape: [outChannels, inChannels, 3, 3] as const }] as const;
  });
  return new Map(await Promise.all(loaded));
}

async function readFinite(source: WeightSource, { name }: TensorInfo): Promise<Float32Array<ArrayBuffer>> {
  const values = await source.read(name);
  if (!allFinite(values)) {
    throw new UserError(
      `${source.describe} has infinite or undefined numbers in "${name}"; get a fresh copy of the file.`,
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
