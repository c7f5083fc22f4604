import type { Command } from 'commander';
import { BENCH_DEFAULTS, type BenchRequest } from '../../bench/request.js';
import { UserError } from '../errors.js';
import { RANGES } from '../style/options.js';
import { nonEmpty, once, type Parser, whole } from './parse.js';

/** What commander hands over: only what was given. */
export type BenchGiven = Partial<BenchRequest>;

/** VGG-19 halves its maps five times, and the last convolution wants a pixel. */
const LEAST_SIZE = 16;
const MOST_SIZE = 4096;

/** Declares the options of `scumble bench`. Their names are a contract: scripts use them. */
export function declareBench(command: Command): Command {
  const option = (flags: string, description: string, parse: Parser<unknown> = nonEmpty(flags)) =>
    command.option(flags, description, once(flags, parse));
  const options = <T>(flags: string, description: string, parse: Parser<T>) =>
    command.option(flags, description, several(parse));
  const { size, history, rounds, patience } = BENCH_DEFAULTS;

  command.optionsGroup('What to measure:');
  options(
    '--kernel <names...>',
    'only these, e.g. evaluation, lbfgs.update, conv2d or conv2d.dInput',
    nonEmpty('--kernel <names...>'),
  );
  options(
    '--size <pixels...>',
    `sides of the image (default: ${size.join(' ')})`,
    whole('--size', LEAST_SIZE, MOST_SIZE),
  );
  option('--variant <name>', 'run this variant wherever there is one, e.g. winograd, and only those kernels');
  options(
    '--history <pairs...>',
    `lengths of the history of L-BFGS (default: ${history.join(' ')})`,
    whole('--history', ...RANGES.history),
  );
  option('--adapter <name>', 'the adapter to use, by a name that scumble devices shows');
  option(
    '--rounds <count>',
    `how often everything is measured (default: ${rounds})`,
    whole('--rounds', 1, 100),
  );
  option(
    '--patience <seconds>',
    `leave out kernels of which one run would take longer (default: ${patience})`,
    seconds('--patience'),
  );
  command.option('--list', 'only list the kernels, their shapes and their variants');

  command.option(
    '--tune',
    "only time the variants of the evaluations' kernels, for stylize and later benches to choose by",
  );

  command.optionsGroup('Results:');
  option('--json <file>', 'write all figures with every repeat, for --compare and --from');
  option('--csv <file>', 'write a table of all lines');
  option('--html <file>', 'write a report with a roofline plot, one file that needs no other');
  option('--compare <file>', 'compare with an older --json; exit code 3 if a line got slower beyond noise');
  option('--from <file>', 'report on an older --json instead of measuring');
  return command;
}

/**
 * What the command line asks for.
 *
 * @throws UserError for options that make no sense together.
 */
export function benchRequest(given: BenchGiven): BenchRequest {
  const measuring = [
    'kernel',
    'size',
    'variant',
    'history',
    'adapter',
    'rounds',
    'patience',
    'list',
    'tune',
  ] as const;
  const idle = measuring.filter((name) => given[name] !== undefined);
  if (given.from !== undefined && idle.length > 0) {
    const flags = idle.map((name) => `--${name}`).join(', ');
    throw new UserError(`--from measures nothing, so ${flags} would do nothing; leave one of the two out.`);
  }
  if (given.tune) requireOnly(given, 'tune', ['size', 'adapter']);
  if (given.list) requireOnly(given, 'list', ['kernel', 'size', 'variant', 'history', 'adapter']);
  return { ...BENCH_DEFAULTS, ...given };
}

function requireOnly(given: BenchGiven, name: keyof BenchGiven, beside: readonly (keyof BenchGiven)[]): void {
  const flags = (names: readonly string[]) => names.map((name) => `--${name}`);
  const others = (Object.keys(given) as (keyof BenchGiven)[]).filter(
    (other) => other !== name && !beside.includes(other),
  );
  if (others.length === 0) return;
  const [last = '', ...rest] = flags(beside).reverse();
  const allowed = `${rest.reverse().join(', ')} and ${last}`;
  throw new UserError(`--${name} goes with ${allowed} alone, so leave out ${flags(others).join(', ')}.`);
}

/** One or more of something, with spaces or commas between them, each once. */
function several<T>(parse: Parser<T>): (text: string, previous?: T[]) => T[] {
  return (text, previous = []) => {
    const given = text.split(',').map((part) => parse(part.trim()));
    return [...new Set([...previous, ...given])];
  };
}

/** A number above 0. */
function seconds(option: string): Parser<number> {
  return (text) => {
    const value = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : 0;
    if (value > 0) return value;
    throw new UserError(`${option} takes a number of seconds above 0, not "${text}".`);
  };
}
