import type { Command } from 'commander';
import { registerHelp } from './help.js';
import { registerConvert } from './weights-convert.js';
import { registerFetch } from './weights-fetch.js';
import { registerInspect } from './weights-inspect.js';

/** Adds `scumble weights` with its subcommands to the program. */
export function registerWeights(program: Command): void {
  const weights = program
    .command('weights')
    .description('fetch VGG-19, look into files of its weights, and convert them');
  registerFetch(weights);
  registerInspect(weights);
  registerConvert(weights);
  registerHelp(weights);
}
