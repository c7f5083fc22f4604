import { Command, InvalidArgumentError, Option } from 'commander';
import { FORMATS } from './formats.js';

export interface FuzzOptions {
  format?: string;
  mutations: number;
  /** One case alone. */
  case?: number;
}

/** @throws CommanderError, which has said itself what is wrong. */
export function parseOptions(argv: readonly string[]): FuzzOptions {
  return new Command('fuzz')
    .description('Give the readers of weights damaged files, and see that they read or refuse each.')
    .addOption(new Option('--format <name>', 'this one alone').choices(FORMATS.map(({ name }) => name)))
    .option('--mutations <count>', 'damaged files of each format', whole, 20_000)
    .option('--case <number>', 'examine this damaged file alone, of --format or of each', whole)
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv)
    .opts<FuzzOptions>();
}

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}
