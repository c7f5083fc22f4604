import { unzipSync, zipSync } from 'fflate';
import type { Dice } from '../dice.js';
import { type Bytes, mutateBytes } from './bytes.js';

/** The same on every day and in every time zone, since archives keep local time. */
const MODIFIED = new Date(1980, 0, 1);

/**
 * Changes one member, its pickle as a rule, and writes the archive anew, so that its directory is right.
 * @returns undefined if the bytes are no archive any more.
 */
export function mutateZip(
  bytes: Bytes,
  dice: Dice,
  words: readonly Uint8Array[],
  other: Bytes,
): Bytes | undefined {
  const members = unzip(bytes);
  const names = Object.keys(members);
  if (names.length === 0) return undefined;
  const pickle = names.find((name) => name.endsWith('data.pkl'));
  const name = pickle !== undefined && dice.chance(0.8) ? pickle : dice.pick(names);
  const member = members[name]!;
  if (dice.chance(0.9)) members[name] = mutateBytes(new Uint8Array(member), dice, words, other);
  else {
    const to = dice.pick(names);
    [members[name], members[to]] = [members[to]!, member];
    if (dice.chance(0.3)) Reflect.deleteProperty(members, to);
  }
  return new Uint8Array(zipSync(members, { level: 0, mtime: MODIFIED }));
}

/** More than the files by PyTorch have here. */
const MAX_MEMBERS = 100;

/** The library believes what a directory says of counts and sizes, which after some damage is millions. */
function unzip(bytes: Bytes): Record<string, Uint8Array> {
  let count = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ size, originalSize }) => {
        if (++count > MAX_MEMBERS) throw new RangeError('too many members');
        return Math.max(size, originalSize) < 100_000;
      },
    });
  } catch {
    return {};
  }
}
