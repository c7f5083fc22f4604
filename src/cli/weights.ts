import type { Command } from 'commander';
import { registerInspect } from './weights-inspect.js';

/** Adds `scumble weights` with its subcommands to the program. */
export function registerWeights(program: Command): void {
  const weights = program.command('weights').description('look into files of VGG-19 weights');
  registerInspect(weights);
}
