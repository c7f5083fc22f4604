import type { Command } from 'commander';
import { CROP_MODES } from '../image/crop-window.js';
import { QUALITIES } from '../image/encode.js';
import type { StylizeRequest } from '../node/stylize.js';
import {
  CHOICES,
  DEFAULTS,
  PRESETS,
  RANGES,
  resolveStyleOptions,
  type PresetName,
  type StyleOptions,
} from '../style/options.js';
import { SIZES } from '../style/sizes.js';
import { PREPROCESSING_CHOICES } from '../vgg/preprocessing.js';
import { filled, list, nonEmpty, oneOf, type Parser, weight, whole } from './parse.js';

/** What commander hands over: only what was given, so that a preset shows through. */
type Given = Partial<Omit<StyleOptions, 'start'>> &
  Partial<
    Pick<
      StylizeRequest,
      | 'output'
      | 'size'
      | 'crop'
      | 'weights'
      | 'preprocessing'
      | 'trace'
      | 'profile'
      | 'preview'
      | 'quality'
      | 'adapter'
    >
  > & {
    init?: string;
    preset?: PresetName;
  };

const names = (layers: readonly string[]) => layers.join(',');

/** Declares the arguments and options of `scumble stylize`. Their names are a contract: scripts use them. */
export function declareStylize(command: Command): Command {
  const option = (flags: string, description: string, parse: Parser<unknown> = nonEmpty(flags)) =>
    command.option(flags, description, parse);
  command
    .argument('<content>', 'the picture to paint: JPEG or PNG', filled('content'))
    .argument('<style>', 'the picture in whose style, of any size: JPEG or PNG', filled('style'));

  command.optionsGroup('Pictures:');
  option('-o, --output <file>', 'where the result goes, as .png or .jpg (default: stylized.png)');
  option(
    '--size <pixels>',
    'scale the shorter side of both pictures to this (default: as they are, but at most 512 on a GPU and 128 without)',
    whole('--size', ...SIZES),
  );
  option(
    '--crop <where>',
    'then cut squares out of both: random (by --seed) or centre',
    oneOf('--crop', CROP_MODES),
  );
  option('--init <start>', `start from content, noise, or a picture file (default: ${DEFAULTS.start})`);
  option('--preview <file>', 'also write content, style, start and result side by side');
  option('--quality <percent>', 'of a JPEG, 1 to 100 (default: 95)', whole('--quality', ...QUALITIES));

  command.optionsGroup('Objective:');
  option(
    '--preset <name>',
    'seed: the PyTorch tutorial of 2017 exactly; gatys: the layers of the paper of 2016',
    oneOf('--preset', Object.keys(PRESETS) as PresetName[]),
  );
  option(
    '--content-weight <number>',
    `how much the content counts (default: ${DEFAULTS.contentWeight})`,
    weight('--content-weight', RANGES.contentWeight[1]),
  );
  option(
    '--style-weight <number>',
    `how much the style counts (default: ${DEFAULTS.styleWeight})`,
    weight('--style-weight', RANGES.styleWeight[1]),
  );
  option(
    '--content-layers <names>',
    `layers between commas, as conv_4 or conv2_2 (default: ${names(DEFAULTS.contentLayers)})`,
    list,
  );
  option('--style-layers <names>', `likewise (default: ${names(DEFAULTS.styleLayers)})`, list);
  option(
    '--weights <network>',
    'embedded, vgg19, or a file of VGG-19: .safetensors, .pth, .onnx or .caffemodel (default: embedded)',
  );
  option(
    '--preprocessing <kind>',
    "of pictures for the network: none (the seed's), imagenet, caffe, or auto, as the weights say (default: auto)",
    oneOf('--preprocessing', PREPROCESSING_CHOICES),
  );
  option(
    '--pooling <kind>',
    `max or average (default: ${DEFAULTS.pooling})`,
    oneOf('--pooling', CHOICES.pooling),
  );

  command.optionsGroup('Optimisation:');
  option(
    '--evaluations <count>',
    `forward and backward passes (default: ${DEFAULTS.evaluations})`,
    whole('--evaluations', ...RANGES.evaluations),
  );
  option(
    '--seed <number>',
    `of noise and random crops (default: ${DEFAULTS.seed})`,
    whole('--seed', ...RANGES.seed),
  );
  option(
    '--history <pairs>',
    `that L-BFGS remembers, 1 to 255 (default: ${DEFAULTS.history})`,
    whole('--history', ...RANGES.history),
  );
  option(
    '--history-bits <bits>',
    `16 or 32 for each number of it; 32 takes twice the memory (default: ${DEFAULTS.historyBits})`,
    oneOf('--history-bits', CHOICES.historyBits),
  );
  option(
    '--line-search <kind>',
    `none or strong-wolfe (default: ${DEFAULTS.lineSearch})`,
    oneOf('--line-search', CHOICES.lineSearch),
  );
  option(
    '--stop-rule <rule>',
    `of PyTorch's L-BFGS, 2017 (sums) or maxima (today's) (default: ${DEFAULTS.stopRule})`,
    oneOf('--stop-rule', CHOICES.stopRule),
  );
  option(
    '--clamp <how>',
    `keep colours in range: robust, seed (as the tutorial) or none (default: ${DEFAULTS.clamp})`,
    oneOf('--clamp', CHOICES.clamp),
  );

  command.optionsGroup('Running:');
  option('--trace <file>', 'write the scores of each evaluation there, one JSON object a line');
  option(
    '--profile <file>',
    'at the end, write what one evaluation takes, kernel by kernel, as a trace for Perfetto',
  );
  option(
    '--precision <type>',
    `feature maps in f32, or in f16: half their memory, about three digits (default: ${DEFAULTS.precision})`,
    oneOf('--precision', CHOICES.precision),
  );
  option('--adapter <name>', 'the adapter to use, by a name that scumble devices shows');
  command.option('--quiet', 'print errors only');
  return command;
}

/**
 * The job that the command line asks for.
 *
 * @throws UserError for options that make no sense together.
 */
export function stylizeRequest(content: string, style: string, given: Given): StylizeRequest {
  const { init, preset, output = 'stylized.png', weights = 'embedded', ...rest } = given;
  const { size, crop, preprocessing, trace, profile, preview, quality, adapter, ...options } = rest;
  const start = init === 'content' || init === 'noise' ? init : undefined;
  return {
    content,
    style,
    output,
    weights,
    preset,
    ...{ size, crop, preprocessing, trace, profile, preview, quality, adapter },
    start: start === undefined ? init : undefined,
    options: resolveStyleOptions({ ...options, ...(start ? { start } : {}) }, preset),
  };
}

export type { Given as StylizeGiven };
