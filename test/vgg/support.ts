import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { isFloatType } from '../../src/vgg/dtype.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import type { RandomAccess } from '../../src/vgg/random-access.js';
import type { ConvolutionTensors, WeightSource } from '../../src/vgg/weights.js';

/** What test/fixtures/weights/make.py says about a tensor; `float32` is hexadecimal, little-endian. */
export interface ExpectedTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly float32: string;
}

/** What make_graphs.py says about a model; of long tensors the SHA-256 of the same bytes. */
export interface ExpectedModel {
  readonly tensors: Readonly<
    Record<string, Pick<ExpectedTensor, 'shape' | 'dtype'> & { float32?: string; sha256?: string }>
  >;
  readonly convolutions?: readonly ConvolutionTensors[];
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

/** Reads all tensors of floats and compares them with what Python wrote. */
export async function expectModel(
  source: WeightSource,
  { tensors, convolutions }: ExpectedModel,
): Promise<void> {
  expect(source.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(tensors).sort());
  for (const { name, shape, dtype } of source.tensors) {
    const { float32, sha256, ...info } = tensors[name]!;
    expect({ shape, dtype }, name).toEqual(info);
    if (!isFloatType(dtype)) continue;
    const values = await source.read(name);
    if (float32 !== undefined) expect(hex(values), name).toBe(float32);
    else expect(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex'), name).toBe(sha256);
  }
  if (convolutions) expect(source.graph?.convolutions).toEqual(convolutions);
}

export async function expectedModels(): Promise<Readonly<Record<string, ExpectedModel>>> {
  return JSON.parse(await readFile(new URL('expected-graphs.json', FOLDER), 'utf8'));
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
