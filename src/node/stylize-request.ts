import { requireObject, requireOneOf, requireText, requireWhole } from '../checks.js';
import { CROP_MODES, type CropMode } from '../image/crop-window.js';
import { QUALITIES } from '../image/encode.js';
import { type PresetName, resolveStyleOptions, type StyleOptions } from '../style/options.js';
import { requireSize } from '../style/sizes.js';
import { PREPROCESSING_CHOICES, type PreprocessingChoice } from '../vgg/preprocessing.js';
import { assertDistinct, type NamedFile } from './distinct-files.js';
import { assertWritable } from './image-files.js';
import { assertReplaceable } from './output-files.js';

/** One job on files. Paths are as the user gave them; they appear in sentences. */
export interface StylizeRequest {
  content: string;
  style: string;
  output: string;
  options: StyleOptions;
  preset?: PresetName | undefined;
  /** A picture to start from, in place of `options.start`. */
  start?: string | undefined;
  /** The shorter side of both pictures. */
  size?: number | undefined;
  crop?: CropMode | undefined;
  /** `embedded`, `vgg19` or a file. */
  weights: string;
  /** What to do to pictures before the network; `auto` if not given. */
  preprocessing?: PreprocessingChoice | undefined;
  trace?: string | undefined;
  profile?: string | undefined;
  preview?: string | undefined;
  /** Of a JPEG, 1 to 100. */
  quality?: number | undefined;
  adapter?: string | undefined;
}

/**
 * The request with all its options, before anything is opened.
 *
 * @throws UserError for what is missing, of another type, or out of range.
 */
export function checkRequest(request: StylizeRequest): StylizeRequest {
  requireObject('The request', request, 'one with content, style, output, weights and options');
  const { preset, size, crop, preprocessing, quality } = request;
  for (const name of ['content', 'style', 'output', 'weights'] as const) requireText(name, request[name]);
  for (const name of ['start', 'trace', 'profile', 'preview', 'adapter'] as const) {
    if (request[name] !== undefined) requireText(name, request[name]);
  }
  requireSize(size);
  if (crop !== undefined) requireOneOf('crop', crop, CROP_MODES);
  if (preprocessing !== undefined) requireOneOf('preprocessing', preprocessing, PREPROCESSING_CHOICES);
  if (quality !== undefined) requireWhole('quality', quality, QUALITIES);
  return { ...request, options: resolveStyleOptions(request.options, preset) };
}

/** All that the file system can object to, before hours are spent. @throws UserError for the first of it. */
export async function checkFiles({
  content,
  style,
  start,
  weights,
  output,
  preview,
  trace,
  profile,
}: StylizeRequest): Promise<void> {
  const given = (role: string, path: string | undefined): NamedFile[] =>
    path === undefined ? [] : [{ role, path }];
  const weightsFile = ['embedded', 'vgg19'].includes(weights) ? undefined : weights;
  await assertDistinct(
    [
      ...given('the content image', content),
      ...given('the style image', style),
      ...given('the image to start from', start),
      ...given('the file of weights', weightsFile),
    ],
    [
      ...given('the output', output),
      ...given('--preview', preview),
      ...given('--trace', trace),
      ...given('--profile', profile),
    ],
  );
  await assertWritable(output);
  if (preview !== undefined) await assertWritable(preview);
  if (trace !== undefined) await assertReplaceable(trace);
  if (profile !== undefined) await assertReplaceable(profile);
}
