import { UserError } from '../errors.js';
import { findLayer } from '../vgg/layers.js';
import { openWeights } from '../vgg/open-weights.js';
import type { Preprocessing } from '../vgg/preprocessing.js';
import { surveyWeights, type WeightsSurvey } from '../vgg/survey.js';
import { loadVggWeights, type TensorInfo, type WeightSource } from '../vgg/weights.js';
import { openRandomAccessFile } from './random-access-file.js';

/** What `scumble weights inspect` tells; as JSON it is a contract, since scripts read it. */
export interface WeightsReport {
  file: string;
  format: string;
  bytes: number;
  /** In the file's order; `layer` is the convolution of VGG-19 that a tensor can be used for. */
  tensors: (TensorInfo & { layer?: string })[];
  /** The convolutions of VGG-19 that the file has, from conv1_1 on. */
  layers: readonly string[];
  /** Why there are no more of them. */
  reason?: string;
  /** What the network wants done to pictures, where the file or its format says so. */
  preprocessing?: Preprocessing;
  metadata: Record<string, string>;
}

/**
 * Tells what is in a file of weights: of all tensors what the file says of them, and of VGG-19's whether their numbers are
 * fit for use.
 * @throws UserError if it cannot be read or is damaged.
 */
export async function inspectWeights(path: string): Promise<WeightsReport> {
  const file = await openRandomAccessFile(path);
  try {
    const source = await openWeights(file);
    const survey = surveyWeights(source);
    const { uses } = survey;
    const { layers, reason } = await upToDamage(source, survey);
    const { preprocessing } = source;
    return {
      file: path,
      format: source.format,
      bytes: file.size,
      tensors: source.tensors.map((tensor) => {
        const layer = uses.get(tensor.name);
        return layer === undefined ? tensor : { ...tensor, layer };
      }),
      layers,
      ...(reason === undefined ? {} : { reason }),
      ...(preprocessing === undefined ? {} : { preprocessing }),
      metadata: Object.fromEntries(source.metadata),
    };
  } finally {
    await file.close();
  }
}

/** The layers whose numbers can be used, and why there are no more. */
async function upToDamage(
  source: WeightSource,
  { layers, reason }: WeightsSurvey,
): Promise<Pick<WeightsReport, 'layers' | 'reason'>> {
  for (const [i, name] of layers.entries()) {
    try {
      await loadVggWeights(source, [findLayer(name)]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { layers: layers.slice(0, i), reason: error.message };
    }
  }
  return { layers, ...(reason === undefined ? {} : { reason }) };
}
