import { Dice } from './dice.js';
import type { Format } from './formats.js';
import { type Bytes, mutateBytes } from './mutations/bytes.js';

/** Files by real tools hold some thousand bytes; mutations that double are not to add up to megabytes. */
const MAX_BYTES = 64 * 1024;

/** Spread over the generator's seeds: neighbours of one format have nothing in common. */
function seedOf({ name }: Format, number: number): number {
  let hash = 0x811c9dc5;
  for (const letter of `${name}/${number}`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/** The damaged file of that number: the same on every run and every machine. */
export function makeCase(format: Format, seeds: readonly Bytes[], number: number): Bytes {
  const dice = new Dice(seedOf(format, number));
  const other = dice.pick(seeds);
  let bytes = dice.pick(seeds);
  // Most often little is wrong: much damage is found out at once, and what comes after it is never read.
  for (let left = dice.chance(0.6) ? 1 : dice.length(8); left > 0; left--) {
    const inside = dice.chance(0.5) ? format.mutateInside?.(bytes, dice, format.words, other) : undefined;
    bytes = (inside ?? mutateBytes(bytes, dice, format.words, other)).slice(0, MAX_BYTES);
  }
  return bytes.slice();
}
