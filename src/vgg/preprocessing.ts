import { requireOneOf } from '../checks.js';
import type { Normalisation } from '../kernels/index.js';

/**
 * What a network wants done to a picture before its first convolution: with RGB in 0..1 as x, channel c of what it takes
 * is (range · x[c] − mean[c]) / deviation[c], where c counts in the network's own order.
 */
export interface Preprocessing {
  readonly channels: 'rgb' | 'bgr';
  /** What white is before the mean is taken off. */
  readonly range: 1 | 255;
  /** By channel in the order of `channels`, on the scale of `range`. */
  readonly mean: readonly [number, number, number];
  /** Likewise. */
  readonly deviation: readonly [number, number, number];
}

const zeros = [0, 0, 0] as const;
const ones = [1, 1, 1] as const;

/** What networks do to an image before their first convolution, by name. */
export const PREPROCESSINGS = {
  /** The seed's: RGB in 0..1 as it is. */
  none: { channels: 'rgb', range: 1, mean: zeros, deviation: ones },
  /** What torchvision's networks were trained with (and the ONNX model zoo's): mean and deviation of ImageNet. */
  imagenet: { channels: 'rgb', range: 1, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  /** What the Visual Geometry Group's own VGG-19 was trained with in Caffe: BGR in 0..255 without its mean. */
  caffe: { channels: 'bgr', range: 255, mean: [103.939, 116.779, 123.68], deviation: ones },
} as const satisfies Record<string, Preprocessing>;

/** One of `PREPROCESSINGS`. */
export type PreprocessingName = keyof typeof PREPROCESSINGS;

/** `auto`: what travels with the weights, and none where nothing does. */
export type PreprocessingChoice = PreprocessingName | 'auto';

export const PREPROCESSING_CHOICES: readonly PreprocessingChoice[] = ['auto', 'none', 'imagenet', 'caffe'];

/**
 * The one that was chosen, or else that of the file, or none at all, which is how the seed used torchvision's filters.
 *
 * @throws UserError for a choice that there is not.
 */
export function choosePreprocessing(
  choice: PreprocessingChoice,
  source: { readonly preprocessing?: Preprocessing | undefined },
): Preprocessing {
  requireOneOf('preprocessing', choice, PREPROCESSING_CHOICES);
  return choice === 'auto' ? (source.preprocessing ?? PREPROCESSINGS.none) : PREPROCESSINGS[choice];
}

/** The same as an operation on the GPU, on RGB in 0..1; nothing where nothing is to be done. */
export function normalisationOf(preprocessing: Preprocessing): Normalisation | undefined {
  if (preprocessingName(preprocessing) === 'none') return undefined;
  const { channels, range, mean, deviation } = preprocessing;
  const [a, b, c] = deviation;
  return {
    factors: [range / a, range / b, range / c],
    offsets: [-mean[0] / a, -mean[1] / b, -mean[2] / c],
    reversed: channels === 'bgr',
  };
}

/** The name of one of the usual ones. */
export function preprocessingName(preprocessing: Preprocessing): PreprocessingName | undefined {
  const text = preprocessingText(preprocessing);
  return (Object.keys(PREPROCESSINGS) as PreprocessingName[]).find(
    (name) => preprocessingText(PREPROCESSINGS[name]) === text,
  );
}

/** Under this key safetensors files carry it, as JSON. */
export const PREPROCESSING_KEY = 'scumble.preprocessing';

/** In a few words: `BGR in 0..255 − (103.939, 116.779, 123.68)`. */
export function describePreprocessing({ channels, range, mean, deviation }: Preprocessing): string {
  const triple = (values: readonly number[]) => `(${values.join(', ')})`;
  let text = `${channels.toUpperCase()} in 0..${range}`;
  if (mean.some((value) => value !== 0)) text += ` − ${triple(mean)}`;
  if (deviation.some((value) => value !== 1)) text += `, divided by ${triple(deviation)}`;
  return text;
}

/** As JSON; the same text for the same preprocessing. */
export function preprocessingText({ channels, range, mean, deviation }: Preprocessing): string {
  return JSON.stringify({ channels, range, mean, deviation });
}
