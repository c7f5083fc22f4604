import { openWeights } from '../vgg/open-weights.js';
import type { Preprocessing } from '../vgg/preprocessing.js';
import { surveyWeights } from '../vgg/survey.js';
import type { TensorInfo } from '../vgg/weights.js';
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
 * Tells what is in a file of weights, from its description alone: no tensor is read.
 * @throws UserError if it cannot be read or is damaged.
 */
export async function inspectWeights(path: string): Promise<WeightsReport> {
  const file = await openRandomAccessFile(path);
  try {
    const source = await openWeights(file);
    const { layers, uses, reason } = surveyWeights(source);
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
