import { readFile } from 'node:fs/promises';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import type { RandomAccess } from '../../src/vgg/random-access.js';

/** What test/fixtures/weights/make.py says about a tensor; `float32` is hexadecimal, little-endian. */
export interface ExpectedTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly float32: string;
}

export interface Expected {
  readonly tensors: Readonly<Record<string, ExpectedTensor>>;
  readonly checkpoint: Readonly<Record<string, ExpectedTensor>>;
  readonly sha256OfAllHalvesAsFloat32: string;
}

const FOLDER = new URL('../fixtures/weights/', import.meta.url);

export async function expectedValues(): Promise<Expected> {
  return JSON.parse(await readFile(new URL('expected.json', FOLDER), 'utf8'));
}

export async function fixtureBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(name, FOLDER)));
}

export async function fixture(name: string): Promise<RandomAccess> {
  return memoryRandomAccess(name, await fixtureBytes(name));
}

/** The same file, keeping account of what is read of it. */
export function recorded(file: RandomAccess): {
  file: RandomAccess;
  reads: [offset: number, length: number][];
} {
  const reads: [number, number][] = [];
  const read: RandomAccess['read'] = (offset, length) => {
    reads.push([offset, length]);
    return file.read(offset, length);
  };
  return { file: { ...file, read }, reads };
}

export function hex(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
}
