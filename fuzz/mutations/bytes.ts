import type { Dice } from '../dice.js';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Puts the parts end to end. */
export function join(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** `bytes` with `replacement` instead of the `length` bytes at `at`. */
export function splice(bytes: Bytes, at: number, length: number, replacement: Uint8Array): Bytes {
  return join(bytes.subarray(0, at), replacement, bytes.subarray(at + length));
}

/** Does something to a copy of the bytes. `words` are pieces of the format, and `other` is another file. */
type Mutation = (bytes: Bytes, at: number, dice: Dice, words: readonly Uint8Array[], other: Bytes) => Bytes;

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, at, dice) {
    return bytes.with(at, bytes[at]! ^ (1 << dice.below(8)));
  },
  function setByte(bytes, at, dice) {
    return bytes.with(at, dice.chance(0.5) ? dice.below(256) : dice.pick([0, 1, 0x7f, 0x80, 0xff]));
  },
  function overwriteNumber(bytes, at, dice) {
    const number = new DataView(new ArrayBuffer(8));
    number.setBigUint64(0, BigInt.asUintN(64, dice.number(bytes.length)), true);
    const length = Math.min(dice.pick([2, 4, 8]), bytes.length - at);
    return splice(bytes, at, length, new Uint8Array(number.buffer, 0, length));
  },
  function overwriteVarint(bytes, at, dice) {
    return splice(bytes, at, dice.pick([0, 1, 1, 2, 5]), varint(dice.number(bytes.length)));
  },
  function truncate(bytes, at) {
    return bytes.slice(0, at);
  },
  function cutOut(bytes, at, dice) {
    return splice(bytes, at, dice.length(200), new Uint8Array(0));
  },
  function repeat(bytes, at, dice) {
    const part = bytes.subarray(at, at + dice.length(200));
    const times = dice.chance(0.1) ? dice.length(30) : 1;
    return splice(bytes, at, 0, join(...Array<Uint8Array>(times).fill(part)));
  },
  function copyElsewhere(bytes, at, dice) {
    const from = dice.below(bytes.length);
    return splice(bytes, at, dice.chance(0.5) ? 0 : 8, bytes.slice(from, from + dice.length(200)));
  },
  function fill(bytes, at, dice) {
    return bytes.slice().fill(dice.pick([0, 0xff, 0x20, 0x28, dice.below(256)]), at, at + dice.length(100));
  },
  function takeFromOther(bytes, at, dice, _, other) {
    const from = dice.below(other.length);
    return splice(bytes, at, dice.length(200), other.subarray(from, from + dice.length(400)));
  },
  function joinWithOther(bytes, at, dice, _, other) {
    return join(bytes.subarray(0, at), other.subarray(dice.below(other.length)));
  },
  function insertWord(bytes, at, dice, words) {
    const word = dice.pick(words);
    return splice(bytes, at, dice.chance(0.5) ? word.length : 0, word);
  },
  function changeDigits(bytes, at, dice) {
    // The next number in text, if there is one.
    const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
    const begin = bytes.findIndex((byte, i) => i >= at && isDigit(byte));
    if (begin < 0) return bytes;
    let end = begin;
    while (end < bytes.length && isDigit(bytes[end]!)) end++;
    return splice(bytes, begin, end - begin, new TextEncoder().encode(String(dice.number(bytes.length))));
  },
];

/** A number as protobuf writes it, ten bytes for negative ones. */
export function varint(value: bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

/** One mutation somewhere. */
export function mutateBytes(bytes: Bytes, dice: Dice, words: readonly Uint8Array[], other: Bytes): Bytes {
  if (bytes.length === 0) return other.slice(0, dice.length(other.length));
  return dice.pick(MUTATIONS)(bytes, dice.below(bytes.length), dice, words, other);
}
