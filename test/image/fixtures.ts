import { readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/images/', import.meta.url);

/** What Pillow decodes a fixture to; both arrays are base64. */
export interface Expectation {
  readonly width: number;
  readonly height: number;
  readonly clear?: boolean;
  /** RGB bytes, upright and on white. */
  readonly rgb?: string;
  /** Gray samples, 16 bits, little-endian. */
  readonly gray16?: string;
}

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)));
}

export function expectations(): Record<string, Expectation> {
  return JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as Record<string, Expectation>;
}

/** The colours of RGBA data, without alpha. */
export function colours(data: ArrayLike<number>): number[] {
  return Array.from(data).filter((_, i) => i % 4 !== 3);
}
