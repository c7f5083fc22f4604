import type { Command } from 'commander';
import { printable } from '../errors.js';
import { inspectWeights, type WeightsReport } from '../node/inspect-weights.js';
import { describePreprocessing, preprocessingName, PREPROCESSINGS } from '../vgg/preprocessing.js';
import { formatBytes } from './devices.js';
import { filled } from './parse.js';
import { table } from './table.js';

/** Adds `inspect` to `scumble weights`. */
export function registerInspect(weights: Command): void {
  weights
    .command('inspect')
    .description('list the tensors of a file, and what they can be used for')
    .argument('<file>', 'weights of VGG-19: safetensors, PyTorch, ONNX or Caffe', filled('file'))
    .option('--json', 'print one JSON object instead')
    .action(async (file: string, { json }: { json?: true }) => {
      const report = await inspectWeights(file);
      console.log(json ? JSON.stringify(report, null, 2) : describeWeights(report));
    });
}

/** A file of weights for a person to read, in several lines. */
function describeWeights(report: WeightsReport): string {
  const { file, format, bytes, tensors, layers, reason } = report;
  const [first, last] = [layers[0], layers.at(-1)];
  const rows = tensors.map(({ name, dtype, shape, layer = '' }) => [
    printable(name),
    printable(dtype),
    shape.join(' × ') || 'scalar',
    layer,
  ]);
  const head = `${file}: ${format}, ${formatBytes(bytes)}, ${tensors.length} tensor${tensors.length === 1 ? '' : 's'}`;
  const use =
    first === last
      ? `Can be used for ${first ? `${first} of VGG-19` : 'no layer of VGG-19'}`
      : `Can be used for VGG-19 from ${first} to ${last}`;
  const lines = [head, ...table(rows), `${use}.`];
  if (reason !== undefined) lines.push(`No further: ${reason}`);
  lines.push(`Preprocessing: ${describe(report)}.`);
  return lines.join('\n');
}

function describe({ preprocessing }: WeightsReport): string {
  const words = describePreprocessing(preprocessing ?? PREPROCESSINGS.none);
  if (preprocessing === undefined) return `the file says nothing of it, so none (${words})`;
  const name = preprocessingName(preprocessing);
  return name === undefined ? words : `${name} (${words})`;
}
