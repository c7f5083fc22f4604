import { UserError } from './errors.js';

/** What a value is, in whatever realm it was made: 'Uint8Array', 'Promise', 'Null'. */
export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** What was given, as sentences quote it: numbers as they are, texts in quotes, and of all else what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'bigint') return `${value}n`;
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return String(value);
  const kind = kindOf(value);
  return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** @throws UserError naming the option unless the value is one of a few. */
export function requireOneOf(name: string, value: unknown, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  const all = [choices.slice(0, -1).join(', '), choices.at(-1)].join(' or ');
  throw new UserError(`${name} must be ${all}, not ${shown(value)}.`);
}

/** @throws UserError naming the option unless the value is a whole number in the range, both ends included. */
export function requireWhole(name: string, value: unknown, [low, high]: readonly [number, number]): void {
  if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return;
  throw new UserError(`${name} must be a whole number from ${low} to ${high}, not ${shown(value)}.`);
}

/** @throws UserError naming the option unless the value is a text with something in it. */
export function requireText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '')
    throw new UserError(`${name} must be a text with something in it, not ${shown(value)}.`);
}

/**
 * For what callers in JavaScript may forget to give, or to wait for.
 *
 * @throws UserError naming it unless it is an object, and no promise; `wanted` says what would do.
 */
export function requireObject(name: string, value: unknown, wanted: string): void {
  const awaited = kindOf(value) !== 'Promise';
  if (typeof value === 'object' && value !== null && awaited) return;
  throw new UserError(`${name} is ${shown(value)}; ${awaited ? 'give' : 'wait for it, and give'} ${wanted}.`);
}
