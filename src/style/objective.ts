import { add, gram, gramMse, mse } from '../autodiff/operations.js';
import { Tape, type Variable } from '../autodiff/tape.js';
import type { Gpu } from '../gpu/gpu.js';
import { Recorder } from '../gpu/recorder.js';
import type { Shape, Tensor } from '../gpu/tensor.js';
import type { DType } from '../gpu/wgsl-types.js';
import { copy } from '../kernels/index.js';
import { layerSizes, layersUpTo } from '../vgg/layers.js';
import { type Pooling, recordVgg, type VggFilters } from '../vgg/network.js';

/** What an image is optimised towards: which layers count, and how much. */
export interface Objective {
  /** Layers whose features are to match the content image's. */
  contentLayers: readonly string[];
  /** Layers whose Gram matrices are to match the style image's. */
  styleLayers: readonly string[];
  /** Multiplies features inside the square: each content loss is mean((w·a − w·b)²). */
  contentWeight: number;
  /** Multiplies Gram matrices inside the square: each style loss is mean((w·G − w·A)²). */
  styleWeight: number;
  pooling: Pooling;
  /** How the network's feature maps are stored; all else, and all arithmetic, is float32. */
  precision: DType;
}

/** The features and Gram matrices to be matched, by layer name, resident on the GPU. */
export interface Targets {
  content: ReadonlyMap<string, Tensor>;
  style: ReadonlyMap<string, Tensor>;
}

/** The recorded objective at an image: scalars, and the gradient of their sum with respect to the image. */
export interface RecordedObjective {
  /** Σ of the style losses, the seed's style score. */
  style: Tensor;
  /** Σ of the content losses, the seed's content score. */
  content: Tensor;
  /** style + content: what is minimised. */
  total: Tensor;
  /** d total / d image, of the image's shape. */
  gradient: Tensor;
}

/** The images that the targets are taken from, [N, 3, H, W] of any sizes. */
export interface TargetImages {
  content: Tensor;
  style: Tensor;
}

/** Makes room for the targets, with nothing in it yet: what depends on their shapes alone can begin. */
export function allocateTargets(
  gpu: Gpu,
  images: TargetImages,
  { contentLayers, styleLayers }: Pick<Objective, 'contentLayers' | 'styleLayers'>,
): Targets {
  const targets = { content: new Map<string, Tensor>(), style: new Map<string, Tensor>() };
  const allocate = (into: Map<string, Tensor>, name: string, shape: Shape) => {
    if (!into.has(name)) into.set(name, gpu.tensor(`target ${name}`, shape));
  };
  const features = ({ shape }: Tensor, name: string) => {
    const { channels, height, width } = layerSizes(layersUpTo([name]), shape[2]!, shape[3]!).at(-1)!;
    return [shape[0]!, channels, height, width] as const;
  };
  const maps = (name: string) => {
    const [count, channels] = features(images.style, name);
    return count * channels;
  };
  try {
    for (const name of contentLayers) allocate(targets.content, name, features(images.content, name));
    for (const name of styleLayers) allocate(targets.style, name, [maps(name), maps(name)]);
    return targets;
  } catch (error) {
    freeTargets(gpu, targets);
    throw error;
  }
}

/** Records what fills the targets: content features of one image, Gram matrices of the other. */
export function recordTargets(
  recorder: Recorder,
  images: TargetImages,
  filters: VggFilters,
  targets: Targets,
  { pooling, precision }: Pick<Objective, 'pooling' | 'precision'>,
): void {
  const fill = (
    image: Tensor,
    into: ReadonlyMap<string, Tensor>,
    take: (layer: Variable) => Variable,
  ): void => {
    if (into.size === 0) return;
    const layers = recordVgg(new Tape(recorder).constant(image), filters, into.keys(), pooling, precision);
    for (const [name, target] of into) copy(recorder, take(layers.get(name)!).value, target);
  };
  fill(images.content, targets.content, (layer) => layer);
  fill(images.style, targets.style, gram);
}

/** Computes what is to be matched: content features of one image, Gram matrices of another, of any sizes. */
export async function computeTargets(
  gpu: Gpu,
  filters: VggFilters,
  images: TargetImages,
  objective: Objective,
  targets = allocateTargets(gpu, images, objective),
): Promise<Targets> {
  const recorder = new Recorder(gpu, 'targets');
  recordTargets(recorder, images, filters, targets, objective);
  await recorder.runOnce();
  return targets;
}

/** Frees the targets' memory. */
export function freeTargets(gpu: Gpu, { content, style }: Targets): void {
  for (const tensor of [...content.values(), ...style.values()]) gpu.free(tensor);
}

/**
 * Records the objective of Gatys, Ecker and Bethge (2016) as PyTorch's tutorial of 2017 has it, forward and backward:
 * losses at the layers' own outputs (before ReLU for convolutions), Gram matrices F·Fᵀ/(N·C·H·W), and each weight inside
 * the square.
 *
 * @param image [1, 3, H, W], RGB in 0..1, resident.
 */
export function recordObjective(
  recorder: Recorder,
  image: Tensor,
  filters: VggFilters,
  targets: Targets,
  { contentLayers, styleLayers, contentWeight, styleWeight, pooling, precision }: Objective,
): RecordedObjective {
  const tape = new Tape(recorder);
  const x = tape.variable(image);
  const styleLosses: Variable[] = [];
  const contentLosses: Variable[] = [];
  recordVgg(x, filters, [...contentLayers, ...styleLayers], pooling, precision, (name, layer, of) => {
    const within = (kind: string, record: () => Variable) => recorder.within(`${kind} ${name}`, record);
    const [style, content] = [targets.style.get(name), targets.content.get(name)];
    if (style) styleLosses.push(within('style', () => gramMse(layer, tape.constant(style), styleWeight, of)));
    if (content)
      contentLosses.push(within('content', () => mse(layer, tape.constant(content), contentWeight)));
  });
  const nothing = () => tape.constant(recorder.gpu.zero());
  const style = total(styleLosses) ?? nothing();
  const content = total(contentLosses) ?? nothing();
  const sum = add(style, content);
  const gradient = tape.backward(sum).get(x)!;
  return { style: style.value, content: content.value, total: sum.value, gradient };
}

function total(losses: readonly Variable[]): Variable | undefined {
  return losses.reduce<Variable | undefined>((sum, loss) => (sum ? add(sum, loss) : loss), undefined);
}
