import type { Command } from 'commander';
import { registerFetch } from './weights-fetch.js';
import { registerInspect } from './weights-inspect.js';

/** Adds `scumble weights` with its subcommands to the program. */
export function registerWeights(program: Command): void {
  const weights = program.command('weights').description('fetch VGG-19, and look into files of its weights');
  registerFetch(weights);
  registerInspect(weights);
}
