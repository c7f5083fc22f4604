import type { Command } from 'commander';
import { UserError } from '../errors.js';
import { type FetchedFile, type FetchRequest, fetchWeights } from '../node/fetch-weights.js';
import { requireAddress } from '../node/vgg19.js';
import { parseLayers } from '../vgg/depth.js';
import { LAYERS_KEY } from '../vgg/remote/index.js';
import { catchInterrupts } from './interrupts.js';
import { nonEmpty } from './parse.js';
import { megabytes, TransferBar } from './transfer-bar.js';

interface Given {
  layers?: string[];
  from?: string;
  to?: string;
  quiet?: boolean;
}

/** Adds `fetch` to `scumble weights`. */
export function registerFetch(weights: Command): void {
  weights
    .command('fetch')
    .description('fetch the layers of a network that are needed, and no more')
    .argument('<network>', 'vgg19')
    .option(
      '--layers <depth>',
      'as deep as conv_5, conv3_1 or another, or all (default: conv_5)',
      parseLayers,
    )
    .option('--from <url>', 'a file of it in another place, in any format that stylize reads', (text) =>
      requireAddress('--from', text),
    )
    .option(
      '--to <folder>',
      'write vgg19.safetensors there (default: in the cache, for stylize to find)',
      nonEmpty('--to <folder>'),
    )
    .option('--quiet', 'print errors only')
    .action(async (network: string, { quiet = false, layers = ['conv_5'], from, to }: Given) => {
      if (network !== 'vgg19') {
        throw new UserError(`There is no network called "${network}" to fetch; the only one is vgg19.`);
      }
      await fetchNetwork({ layers, from, to }, quiet);
    });
}

async function fetchNetwork(request: FetchRequest, quiet: boolean): Promise<void> {
  const bar = new TransferBar();
  const interrupts = catchInterrupts({ beforeExit: () => bar.stop() });
  const say = (text: string) => {
    if (!quiet) console.log(text);
  };
  try {
    const fetched = await fetchWeights(request, {
      onProgress: (progress) => {
        if (!quiet) bar.show(progress);
      },
      onNotice: (sentence) => {
        if (!quiet) bar.note(sentence);
      },
      signal: interrupts.signal,
    });
    bar.stop();
    say(summary(fetched));
  } catch (error) {
    if (!interrupts.explains(error)) throw error;
    bar.stop();
    say('Stopped; what has come is kept, and the same command goes on from there.');
  } finally {
    bar.stop();
    interrupts.release();
    process.exitCode = interrupts.exitCode() ?? process.exitCode;
  }
}

function summary({ path, url, bytes, source, received, requests }: FetchedFile): string {
  const deepest = source.metadata.get(LAYERS_KEY)?.split(' ').at(-1);
  const how =
    requests === 0
      ? 'it was there already'
      : `${megabytes(received)} came from ${new URL(url).host} in ${requests} request${requests === 1 ? '' : 's'}`;
  return `VGG-19 up to ${deepest} is in ${path} (${megabytes(bytes)}): ${how}.`;
}
