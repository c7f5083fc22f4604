import { Command, InvalidArgumentError } from 'commander';
import type { Options } from './context.js';
import { type Part, PARTS } from './results.js';
import { SYSTEMS } from './systems.js';

export interface PeersOptions extends Options {
  only: readonly Part[];
  /** Names, or undefined for all but the optional ones. */
  system?: string[];
  adapter?: string;
  /** A commit to measure as one more system. */
  baseline?: string;
  json?: string;
}

const DEFAULT_SIZES = [128, 512];

/**
 * Reads the command line; prints where it asks for help.
 *
 * @throws CommanderError, which has said itself what is wrong.
 */
export function parseOptions(argv: readonly string[]): PeersOptions {
  const names = SYSTEMS.map(({ name }) => name);
  return new Command('peers')
    .description('Measure Scumble beside its competitors, in turns, and print the ratios.')
    .option('--size <pixels...>', 'sides of the image', several(size), DEFAULT_SIZES)
    .option('--repeats <count>', 'rounds, each with a sample of every system', whole(1, 1000), 5)
    .option('--only <parts...>', PARTS.join(', '), several(oneOf(PARTS)), PARTS)
    .option('--system <names...>', `Scumble and these: ${names.join(', ')}`, several(oneOf(names)))
    .option('--history <pairs>', 'that L-BFGS remembers', whole(1, 255), 100)
    .option('--patience <seconds>', 'that one evaluation may take', whole(1, 10_000), 15)
    .option('--adapter <name>', 'for the systems on WebGPU: the adapter to use, or a part of its name')
    .option('--baseline <commit>', 'also measure Scumble as it was then, in the same rounds')
    .option('--json <file>', 'also write all samples to this file')
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv)
    .opts<PeersOptions>();
}

/** Collects an option's values; the first replaces the default. */
function several<T>(parse: (text: string) => T): (text: string, before: readonly T[] | undefined) => T[] {
  let values: T[] = [];
  return (text) => (values = [...values, parse(text)]);
}

function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
  };
}

/** jax-js has no pool but a reshape into pairs of rows and columns, so both halvings must be even. */
function size(text: string): number {
  const value = whole(16, 4096)(text);
  if (value % 4 !== 0)
    throw new InvalidArgumentError('Give a multiple of 4, since the network halves it twice.');
  return value;
}

function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new InvalidArgumentError(`Choose from ${words.join(', ')}.`);
    return found;
  };
}
