import { avgPool2d, type Convolution, conv2d, maxPool2d, normalise, relu } from '../autodiff/operations.js';
import type { Variable } from '../autodiff/tape.js';
import { requireObject, shown } from '../checks.js';
import { UserError } from '../errors.js';
import type { Gpu } from '../gpu/gpu.js';
import type { Tensor } from '../gpu/tensor.js';
import type { DType } from '../gpu/wgsl-types.js';
import { findLayer, layerSizes, layersUpTo, type VggLayer } from './layers.js';
import { normalisationOf, type Preprocessing, PREPROCESSINGS } from './preprocessing.js';
import type { ConvolutionWeights } from './weights.js';

/** How each of VGG-19's 2×2, stride 2 pools joins its pixels; Gatys et al. found averages to paint more smoothly. */
export type Pooling = 'max' | 'average';

/**
 * Filters on the GPU, by the paper's names (`conv3_1`), with what they want done to pictures first. Networks of any depth and size on one
 * device share them.
 */
export class VggFilters {
  private constructor(
    private readonly gpu: Gpu,
    private readonly filters: ReadonlyMap<string, { weight: Tensor; bias: Tensor }>,
    /** What stands before the first convolution; recordVgg applies it. */
    readonly preprocessing: Preprocessing,
  ) {}

  /** Copies the filters to the GPU, where they stay until `dispose`. */
  static upload(
    gpu: Gpu,
    weights: ReadonlyMap<string, ConvolutionWeights>,
    preprocessing: Preprocessing = PREPROCESSINGS.none,
  ): VggFilters {
    const filters = [...weights].map(([name, { weight, bias, shape }]) => {
      const tensors = {
        weight: gpu.constant(`${name}.weight`, shape, weight),
        bias: gpu.constant(`${name}.bias`, [bias.length], bias),
      };
      return [name, tensors] as const;
    });
    return new VggFilters(gpu, new Map(filters), preprocessing);
  }

  /**
   * Makes sure, before anything is recorded, that a network can be recorded with these filters.
   *
   * @param names of the layers it is to reach, in either scheme.
   * @param filters whatever a caller in JavaScript gives for them.
   * @throws UserError for what are no filters, filters on another device, disposed of or too few, and an unknown layer.
   */
  static requireFor(gpu: Gpu, names: readonly string[], filters: VggFilters): void {
    const wanted = 'what loadFilters or openFilters resolves to';
    requireObject('What stands for the filters', filters, wanted);
    if (!(filters instanceof VggFilters))
      throw new UserError(`What stands for the filters is ${shown(filters)}; give ${wanted}.`);
    if (filters.gpu.device !== gpu.device)
      throw new UserError('The filters are on the device of another engine; load them with this one.');
    for (const name of names) {
      const convolutions = layersUpTo([name]).filter(({ kind }) => kind === 'conv');
      const missing = convolutions.find((layer) => !filters.filters.has(layer.name));
      if (missing)
        throw new UserError(
          `The filters lack ${missing.name}, which ${name} needs; name ${name} to loadFilters or openFilters, with ` +
            'weights that reach so deep, or choose shallower layers.',
        );
      if (!convolutions.every((layer) => filters.get(layer).weight.storage.made))
        throw new UserError('The filters have been disposed of; load them anew.');
    }
  }

  /** @throws RangeError for a convolution that was not loaded. */
  get(layer: VggLayer): { weight: Tensor; bias: Tensor } {
    const found = this.filters.get(layer.name);
    if (!found) throw new RangeError(`The filters of ${layer.name} have not been loaded.`);
    return found;
  }

  /** Frees the filters, which no job may use any more. */
  dispose(): void {
    for (const { weight, bias } of this.filters.values()) {
      this.gpu.free(weight);
      this.gpu.free(bias);
    }
  }
}

/**
 * Records VGG-19 on an image, as deep as the deepest layer asked for and no deeper. A ReLU that nobody asked for is
 * left to the layer after it, which takes max(x, 0) as it loads: no pass and no memory of its own.
 *
 * @param image [N, 3, H, W], RGB in 0..1.
 * @param names layers in either scheme (`conv3_1` or `conv_5`).
 * @param precision how the layers' outputs are stored. Sums and gradients are of float32 in either case.
 * @param visit is given each named layer's output as soon as that is recorded, and what it was convolved from where it
 *   was: what it records there, the tape takes back at the same place, and need not keep its gradient through all the
 *   layers below. A layer that is pooled is visited behind the pool, whose gradient, one pixel in four, then adds to the
 *   others', and not they to it.
 * @returns each named layer's output [N, C, H', W'] under the name it was asked for by. Convolutions' outputs are those
 *   before their ReLU.
 * @throws UserError for an unknown layer, or an image too small to reach the deepest.
 */
export function recordVgg(
  image: Variable,
  filters: VggFilters,
  names: Iterable<string>,
  pooling: Pooling = 'max',
  precision: DType = 'f32',
  visit: (name: string, output: Variable, of?: Convolution) => void = () => undefined,
): Map<string, Variable> {
  const wanted = [...new Set(names)];
  const layers = layersUpTo(wanted);
  const [, , height, width] = image.value.shape as [number, number, number, number];
  layerSizes(layers, height, width);

  const { recorder } = image.tape;
  const tapped = new Set(wanted.map(findLayer));
  const outputs = new Map<string, Variable>();
  // Before the first convolution, whose zero padding then means the mean and not black, as in training. Folded into its
  // filters it would pad with the wrong colour.
  const normalisation = normalisationOf(filters.preprocessing);
  let x = normalisation ? recorder.within('preprocessing', () => normalise(image, normalisation)) : image;
  let rectify = false;
  let visitPooled = () => {};
  layers.forEach((layer, i) => {
    const next = layers[i + 1];
    const nextRectifies = next?.kind === 'conv' || next?.kind === 'pool';
    if (layer.kind === 'relu' && !tapped.has(layer) && nextRectifies) {
      rectify = true;
      return;
    }
    const { output, of } = recorder.within(layer.name, () =>
      recordLayer(x, layer, filters, { pooling, precision, rectify }),
    );
    x = output;
    rectify = false;
    visitPooled();
    const here = wanted.filter((name) => findLayer(name) === layer);
    here.forEach((name) => outputs.set(name, output));
    const visitHere = () => here.forEach((name) => visit(name, output, of));
    const isPooled = layers.slice(i + 1).find(({ kind }) => kind !== 'relu')?.kind === 'pool';
    if (!isPooled) visitHere();
    visitPooled = isPooled ? visitHere : () => {};
  });
  return outputs;
}

function recordLayer(
  x: Variable,
  layer: VggLayer,
  filters: VggFilters,
  { pooling, precision, rectify }: { pooling: Pooling; precision: DType; rectify: boolean },
): { output: Variable; of?: Convolution } {
  switch (layer.kind) {
    case 'conv': {
      const { weight, bias } = filters.get(layer);
      const [weights, biases] = [x.tape.constant(weight), x.tape.constant(bias)];
      const options = { padding: 1, rectify, output: precision };
      return { output: conv2d(x, weights, biases, options), of: { x, weights, bias: biases, options } };
    }
    case 'relu':
      return { output: relu(x) };
    case 'pool':
      return {
        output: (pooling === 'max' ? maxPool2d : avgPool2d)(x, { window: 2, rectify }),
      };
  }
}
