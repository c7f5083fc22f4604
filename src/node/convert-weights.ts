import { UserError } from '../errors.js';
import { layersUpTo, VGG19_LAYERS, type VggLayer } from '../vgg/layers.js';
import { openWeights } from '../vgg/open-weights.js';
import {
  choosePreprocessing,
  type Preprocessing,
  type PreprocessingChoice,
  PREPROCESSING_KEY,
  preprocessingText,
} from '../vgg/preprocessing.js';
import { surveyWeights } from '../vgg/survey.js';
import { loadVggWeights, type WeightSource } from '../vgg/weights.js';
import { type TensorToWrite, writeSafetensors } from '../vgg/write-safetensors.js';
import { assertDistinct } from './distinct-files.js';
import { assertReplaceable, replaceFile } from './output-files.js';
import { openRandomAccessFile } from './random-access-file.js';

export interface ConvertRequest {
  /** Any file that openWeights reads. */
  input: string;
  /** A .safetensors file; one that is there already is replaced once the new one is whole. */
  output: string;
  /** Layers of VGG-19 in either scheme: what is above the deepest is written too. All that there are if not given. */
  layers?: readonly string[] | undefined;
  dtype: 'f32' | 'f16';
  /** What to write down as the network's preprocessing; `auto` keeps what the file says. */
  preprocessing: PreprocessingChoice;
}

export interface ConvertOutcome {
  /** The convolutions written, by the paper's names. */
  layers: string[];
  /** Of the new file. */
  bytes: number;
}

/**
 * Writes the convolutions of a file of weights as safetensors, with torchvision's names (`features.0.weight`), and with
 * the metadata and the preprocessing that the file had.
 *
 * @throws UserError if a file cannot be read or written, lacks a layer, or has numbers that f16 cannot hold.
 */
export async function convertWeights(request: ConvertRequest): Promise<ConvertOutcome> {
  const { input, output, dtype } = request;
  if (!/\.safetensors$/i.test(output)) {
    throw new UserError(
      `Cannot write ${output}: weights are written as safetensors; let its name end in .safetensors.`,
    );
  }
  await assertDistinct(
    [{ role: 'the file of weights', path: input }],
    [{ role: 'the output', path: output }],
  );
  await assertReplaceable(output);
  const file = await openRandomAccessFile(input);
  try {
    const source = await openWeights(file);
    const layers = wantedLayers(source, request.layers);
    const weights = await loadVggWeights(source, layers);
    const tensors = layers.flatMap(({ name, index, outChannels }): TensorToWrite[] => {
      const { weight, bias, shape } = weights.get(name)!;
      return [
        { name: `features.${index}.weight`, shape, data: weight, dtype },
        { name: `features.${index}.bias`, shape: [outChannels], data: bias, dtype },
      ];
    });
    const bytes = writeSafetensors(tensors, metadataOf(source, request.preprocessing));
    await replaceFile(output, bytes);
    return { layers: layers.map(({ name }) => name), bytes: bytes.length };
  } finally {
    await file.close();
  }
}

/** Convolutions, in the network's order. */
function wantedLayers(source: WeightSource, names: readonly string[] | undefined): VggLayer[] {
  const isConvolution = ({ kind }: VggLayer) => kind === 'conv';
  if (names !== undefined) return layersUpTo(names).filter(isConvolution);
  const { layers, reason } = surveyWeights(source);
  if (layers.length === 0) throw new UserError(reason!);
  return VGG19_LAYERS.filter(({ name }) => layers.includes(name));
}

function metadataOf(source: WeightSource, choice: PreprocessingChoice): Record<string, string> {
  const said: Preprocessing | undefined =
    choice === 'auto' ? source.preprocessing : choosePreprocessing(choice, source);
  const metadata = new Map(source.metadata);
  if (said !== undefined) metadata.set(PREPROCESSING_KEY, preprocessingText(said));
  return Object.fromEntries(metadata);
}
