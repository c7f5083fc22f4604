import { add, gram, mse } from '../autodiff/operations.js';
import { Tape, type Variable } from '../autodiff/tape.js';
import type { Gpu } from '../gpu/gpu.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { copy } from '../kernels/index.js';
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

/** Computes what is to be matched: content features of one image, Gram matrices of another, of any sizes. */
export async function computeTargets(
  gpu: Gpu,
  filters: VggFilters,
  images: { content: Tensor; style: Tensor },
  { contentLayers, styleLayers, pooling }: Objective,
): Promise<Targets> {
  const features = (image: Tensor, layers: readonly string[], take: (layer: Variable) => Variable) =>
    computeFeatures(gpu, filters, image, layers, pooling, take);
  return {
    content: await features(images.content, contentLayers, (layer) => layer),
    style: await features(images.style, styleLayers, gram),
  };
}

/** Frees the targets' memory. */
export function freeTargets(gpu: Gpu, { content, style }: Targets): void {
  for (const tensor of [...content.values(), ...style.values()]) gpu.free(tensor);
}

async function computeFeatures(
  gpu: Gpu,
  filters: VggFilters,
  image: Tensor,
  layers: readonly string[],
  pooling: Pooling,
  take: (layer: Variable) => Variable,
): Promise<Map<string, Tensor>> {
  const targets = new Map<string, Tensor>();
  if (layers.length === 0) return targets;
  const recorder = new Recorder(gpu, 'targets');
  const tape = new Tape(recorder);
  for (const [name, layer] of recordVgg(tape.constant(image), filters, layers, pooling)) {
    const { value } = take(layer);
    const target = gpu.tensor(`target ${name}`, value.shape);
    copy(recorder, value, target);
    targets.set(name, target);
  }
  const program = await recorder.freeze();
  program.run();
  program.dispose();
  return targets;
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
  { contentLayers, styleLayers, contentWeight, styleWeight, pooling }: Objective,
): RecordedObjective {
  const tape = new Tape(recorder);
  const x = tape.variable(image);
  const layers = recordVgg(x, filters, [...contentLayers, ...styleLayers], pooling);

  const styleLosses = styleLayers.map((name) =>
    recorder.within(`style ${name}`, () =>
      mse(gram(layers.get(name)!), tape.constant(targets.style.get(name)!), styleWeight),
    ),
  );
  const contentLosses = contentLayers.map((name) =>
    recorder.within(`content ${name}`, () =>
      mse(layers.get(name)!, tape.constant(targets.content.get(name)!), contentWeight),
    ),
  );
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
