import { Command, InvalidArgumentError } from 'commander';
import { UserError } from '../src/errors.js';
import type { Conv2dVariant } from '../src/kernels/conv2d-geometry.js';
import type { GramVariant } from '../src/kernels/gram-plan.js';

export interface Options {
  json?: string;
  kernel?: string[];
  size: number[];
  force: Forced[];
  adapter?: string;
  patience: number;
}

export type Forced = readonly [operation: string, variant: string];

/** The operations with several shaders, and what these are called. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  conv2d: ['direct', 'tiled', 'uniform', 'winograd'] satisfies Conv2dVariant[],
  gram: ['lanes', 'tiled'] satisfies GramVariant[],
  'gram.dInput': ['lanes', 'tiled'] satisfies GramVariant[],
  'maxPool2d.dInput': ['2x2', 'gather'],
};

const DEFAULT_SIZES: number[] = [128, 256];
/** conv3_1 comes after two halvings, and resizing is measured from half the side. */
const LEAST_SIZE = 8;
const MOST_SIZE = 4096;

/**
 * Reads the command line; prints and exits where it asks for help.
 *
 * @throws UserError or CommanderError, which has said itself what is wrong.
 */
export function parseOptions(argv: readonly string[]): Options {
  return new Command('bench')
    .description('Measure the adapter, the main job on it, and every kernel against it.')
    .option('--kernel <names...>', 'only these, e.g. evaluation, lbfgs.update, conv2d or conv2d.dInput')
    .option('--size <pixels...>', 'sides of the image', parseSize, DEFAULT_SIZES)
    .option('--force <operation=variant...>', 'run this variant of an operation', parseForce, [])
    .option('--adapter <name>', 'the adapter to use, or a part of its name')
    .option('--patience <seconds>', 'leave out kernels that would take longer for one run', parsePatience, 5)
    .option('--json <file>', 'also write all figures to this file')
    .allowExcessArguments(false)
    .exitOverride()
    .parse(argv)
    .opts<Options>();
}

/** @throws UserError for a name that is not among `known`. */
export function checkNames(names: readonly string[], known: ReadonlySet<string>): void {
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new UserError(
    `--kernel knows nothing called ${unknown.join(' or ')}; choose from ${[...known].join(', ')}.`,
  );
}

function parseSize(value: string, previous: number[]): number[] {
  const size = Number(value);
  if (!Number.isInteger(size) || size < LEAST_SIZE || size > MOST_SIZE) {
    throw new InvalidArgumentError(`Give a whole number from ${LEAST_SIZE} to ${MOST_SIZE}.`);
  }
  return previous === DEFAULT_SIZES ? [size] : [...previous, size];
}

function parseForce(value: string, previous: Forced[]): Forced[] {
  const [operation = '', variant = '', ...rest] = value.split('=');
  const variants = Object.hasOwn(VARIANTS, operation) ? VARIANTS[operation]! : undefined;
  if (!variants || rest.length > 0) {
    throw new InvalidArgumentError(
      `Write it as conv2d=direct, with one of ${Object.keys(VARIANTS).join(', ')}.`,
    );
  }
  if (!variants.includes(variant)) {
    throw new InvalidArgumentError(`The variants of ${operation} are ${variants.join(', ')}.`);
  }
  return [...previous, [operation, variant]];
}

function parsePatience(value: string): number {
  const seconds = Number(value);
  if (value.trim() === '' || !(seconds > 0)) throw new InvalidArgumentError('Give a number above 0.');
  return seconds;
}
