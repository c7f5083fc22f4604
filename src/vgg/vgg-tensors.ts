import { UserError } from '../errors.js';
import { requireFloatType } from './dtype.js';
import { VGG19_LAYERS, type VggLayer } from './layers.js';
import type { ConvolutionTensors, TensorInfo, WeightSource } from './weights.js';

/** The tensors of one convolution, checked to be what VGG-19 needs there. */
export interface VggTensors {
  readonly weight: TensorInfo;
  readonly bias: TensorInfo;
}

const CONVOLUTIONS = VGG19_LAYERS.filter(({ kind }) => kind === 'conv');

/**
 * Tells which tensors of a source belong to a convolution of VGG-19. Where the source knows its network, the n-th
 * convolution of that is taken for the n-th of VGG-19, whatever its tensors are called, since every exporter has names
 * of its own; else they are called as in torchvision's VGG-19 (`features.0.weight`), perhaps with a prefix (`module.`,
 * `model.`).
 *
 * @returns a function from a convolution to its tensors. It throws a UserError if one is missing, or has a shape or a
 *   type that VGG-19's filters cannot have.
 * @throws UserError if the source holds several networks, or one that is no VGG-19.
 */
export function convolutionFinder(source: WeightSource): (layer: VggLayer) => VggTensors {
  const byName = new Map(source.tensors.map((tensor) => [tensor.name, tensor]));
  const names = source.graph?.convolutions.length ? namesOfGraph(source) : namesOfTorchvision(source);
  return (layer) => {
    const { weight, bias } = names(layer);
    if (bias === undefined) {
      throw new UserError(
        `${source.describe} has no bias beside "${weight}", which ${layer.name} of VGG-19 needs; give the weights of a ` +
          'VGG-19.',
      );
    }
    const find = (name: string, shape: readonly number[]) =>
      requireShape(source, requireTensor(source, byName, name, layer), shape, layer);
    return {
      weight: find(weight, [layer.outChannels, layer.inChannels, 3, 3]),
      bias: find(bias, [layer.outChannels]),
    };
  };
}

function namesOfGraph({ describe, graph }: WeightSource): (layer: VggLayer) => ConvolutionTensors {
  const { convolutions, unfit } = graph!;
  if (unfit !== undefined) {
    throw new UserError(
      `${describe} is a network with ${unfit}, which VGG-19 does without; give the weights of a VGG-19 in its plain form.`,
    );
  }
  return (layer) => {
    const found = convolutions[CONVOLUTIONS.indexOf(layer)];
    if (found !== undefined) return found;
    throw new UserError(
      `${describe} ends after its convolution ${convolutions.length}, before ${layer.name}; give the weights of a VGG-19 ` +
        'at least as deep as the layers asked for.',
    );
  };
}

/** torchvision's key of a convolution's tensor, after whatever modules the network was wrapped in. */
const KEY = /^(.*\.)?(features\.\d+\.(?:weight|bias))$/;

/** Two networks in one file are not guessed between. */
function namesOfTorchvision(source: WeightSource): (layer: VggLayer) => ConvolutionTensors {
  const keys = source.tensors.map(({ name }) => KEY.exec(name)).filter((match) => match !== null);
  const prefixes = [...new Set(keys.map((match) => match[1] ?? ''))];
  // Without a prefix it is torchvision's own layout, which needs no guess.
  const prefix = prefixes.length === 0 || prefixes.includes('') ? '' : prefixes[0]!;
  if (prefix !== '' && prefixes.length > 1) {
    throw new UserError(
      `${source.describe} holds several networks (${prefixes.map((prefix) => `"${prefix}features…"`).join(', ')}); ` +
        'save one of them to a file of its own.',
    );
  }
  return ({ index }) => ({
    weight: `${prefix}features.${index}.weight`,
    bias: `${prefix}features.${index}.bias`,
  });
}

function requireTensor(
  source: WeightSource,
  byName: ReadonlyMap<string, TensorInfo>,
  name: string,
  layer: VggLayer,
): TensorInfo {
  const found = byName.get(name);
  if (found !== undefined) return found;
  throw new UserError(
    `${source.describe} has no tensor "${name}", which ${layer.name} needs; give the weights of a VGG-19 with the ` +
      'names that torchvision uses, at least as deep as the layers asked for.',
  );
}

function requireShape(
  source: WeightSource,
  tensor: TensorInfo,
  shape: readonly number[],
  layer: VggLayer,
): TensorInfo {
  const { name, dtype } = tensor;
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
    throw new UserError(
      `${source.describe} has "${name}" with the shape [${tensor.shape.join(', ')}], but ${layer.name} of VGG-19 needs ` +
        `[${shape.join(', ')}]; give the weights of a VGG-19 without batch normalisation.`,
    );
  }
  requireFloatType(source.describe, name, dtype);
  return tensor;
}
