import { UserError } from '../errors.js';
import { power } from '../gpu/format.js';

/** Turns the text after an option into a value, or throws a UserError that names the option. */
export type Parser<T> = (text: string) => T;

/** A whole number from `low` to `high`, in decimal digits. */
export function whole(option: string, low: number, high: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (value >= low && value <= high) return value;
    throw new UserError(`${option} takes a whole number from ${low} to ${high}, not "${text}".`);
  };
}

/**
 * Any text but an empty one, which a script gives whose variable was never set.
 * @param flags as commander takes them: `-o, --output <file>`.
 */
export function nonEmpty(flags: string): Parser<string> {
  const [, option = flags, what = 'text', more] = /(--\S+) <(\w+)(\.\.\.)?>/.exec(flags) ?? [];
  return (text) => {
    if (text.trim() !== '') return text;
    throw new UserError(`${option} takes ${more ? '' : 'a '}${what}, not "${text}".`);
  };
}

/**
 * A parser for an option that takes one value: of two, commander would keep the last and say nothing.
 * @param flags as commander takes them.
 */
export function once<T>(flags: string, parse: Parser<T>): (text: string, previous?: T) => T {
  const [option] = /--[\w-]+/.exec(flags) ?? [flags];
  return (text, previous) => {
    if (previous === undefined) return parse(text);
    throw new UserError(`${option} is there twice, and takes one value; leave one of the two out.`);
  };
}

/** What stands in an argument's place, as long as there is something; an empty text names no file. */
export function filled(argument: string): Parser<string> {
  return (text) => {
    if (text.trim() !== '') return text;
    throw new UserError(`There is nothing in the place of <${argument}>; name a file.`);
  };
}

/** A number from 0 to `most`, such as 1000, 0.5 or 1e6. */
export function weight(option: string, most: number): Parser<number> {
  return (text) => {
    const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (value <= most) return value;
    throw new UserError(`${option} takes a number from 0 to ${power(most)}, not "${text}".`);
  };
}

/** One of a few words or numbers. */
export function oneOf<const T extends string | number>(option: string, words: readonly T[]): Parser<T> {
  return (text) => {
    const found = words.find((word) => String(word) === text);
    if (found !== undefined) return found;
    const all = [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or ');
    throw new UserError(`${option} takes ${all}, not "${text}".`);
  };
}

/** Names between commas; none at all for an empty text. */
export function list(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((name) => name.trim());
}
