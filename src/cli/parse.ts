import { UserError } from '../errors.js';

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

/** A number of 0 or more, such as 1000, 0.5 or 1e6. */
export function weight(option: string): Parser<number> {
  return (text) => {
    const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
    if (Number.isFinite(value)) return value;
    throw new UserError(`${option} takes a number of 0 or more, not "${text}".`);
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
