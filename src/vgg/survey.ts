import { UserError } from '../errors.js';
import { VGG19_LAYERS } from './layers.js';
import { convolutionFinder } from './vgg-tensors.js';
import type { WeightSource } from './weights.js';

/** What a file of weights can be used for. */
export interface WeightsSurvey {
  /** The convolutions of VGG-19 that it has, from the first one on, by the paper's names. */
  readonly layers: readonly string[];
  /** The names of their tensors, each with the convolution that it belongs to. */
  readonly uses: ReadonlyMap<string, string>;
  /** Why it cannot be used for the next one, in a sentence; nothing if it has them all. */
  readonly reason?: string;
}

/** Looks at the description of the tensors, and at none of their values. */
export function surveyWeights(source: WeightSource): WeightsSurvey {
  const layers: string[] = [];
  const uses = new Map<string, string>();
  try {
    const find = convolutionFinder(source);
    for (const layer of VGG19_LAYERS) {
      if (layer.kind !== 'conv') continue;
      const { weight, bias } = find(layer);
      layers.push(layer.name);
      uses.set(weight.name, layer.name).set(bias.name, layer.name);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { layers, uses, reason: error.message };
  }
  return { layers, uses };
}
