import { generator } from '../bench/random.js';

/** Seeded choices. The same seed gives the same, on every machine. */
export class Dice {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = generator(seed);
  }

  /** A whole number from 0 to before `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A length from 1 to `most`, short as a rule. */
  length(most: number): number {
    return 1 + Math.floor(this.next() ** 3 * most);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Where sizes and counts go wrong: around the ends of the integer types, and what is near `size`, a file's. */
  number(size: number): bigint {
    return this.chance(0.3) ? BigInt(size + this.below(5) - 2) : this.pick(EDGES);
  }
}

const EDGES = [
  ...[0n, 1n, 2n, 3n, 4n, 7n, 8n, 64n, 127n, 128n, 255n, 256n, 1000n, 4096n, 32767n, 32768n, 65535n, 65536n],
  ...[31n, 32n, 53n, 63n, 64n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n]),
  ...[-1n, -2n, -128n, -(2n ** 31n), -(2n ** 63n)],
];
