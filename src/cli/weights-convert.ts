import type { Command } from 'commander';
import { convertWeights } from '../node/convert-weights.js';
import { type PreprocessingChoice, PREPROCESSING_CHOICES } from '../vgg/preprocessing.js';
import { formatBytes } from './devices.js';
import { filled, list, nonEmpty, oneOf } from './parse.js';

interface Given {
  output: string;
  layers?: string[];
  dtype?: 'f32' | 'f16';
  preprocessing?: PreprocessingChoice;
}

/** Adds `convert` to `scumble weights`. */
export function registerConvert(weights: Command): void {
  weights
    .command('convert')
    .description('write the layers wanted of a file as safetensors')
    .argument('<file>', 'weights of VGG-19: safetensors, PyTorch, ONNX or Caffe', filled('file'))
    .requiredOption('-o, --output <file>', 'where they go, as .safetensors', nonEmpty('-o, --output <file>'))
    .option(
      '--layers <names>',
      'layers between commas, as conv_5 or conv3_1, with those above them; or all (default: all)',
      list,
    )
    .option('--dtype <type>', 'f32, or f16: half the size (default: f32)', oneOf('--dtype', ['f32', 'f16']))
    .option(
      '--preprocessing <kind>',
      'to write down: none, imagenet, caffe, or auto, as the file says (default: auto)',
      oneOf('--preprocessing', PREPROCESSING_CHOICES),
    )
    .action(async (input: string, given: Given) => {
      const { output, layers, dtype = 'f32', preprocessing = 'auto' } = given;
      const all = layers?.length === 1 && layers[0] === 'all';
      const done = await convertWeights({
        ...{ input, output, dtype, preprocessing },
        layers: all ? undefined : layers,
      });
      const [first, last] = [done.layers[0]!, done.layers.at(-1)!];
      const range = first === last ? first : `${first} to ${last}`;
      console.log(`Wrote ${range} as ${dtype}: ${output}, ${formatBytes(done.bytes)}.`);
    });
}
