/**
 * @file The same numbers for all: seeded filters and pictures, computed bit for bit alike everywhere, written once as raw
 * little-endian float32 for every system to read, whatever its language.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convWeights, seededImage, uniform } from '../../test/support/seeded.js';
import { LAYERS } from './layers.js';

/** Optimisation starts at a third picture, not at the content, where the content loss would be 0 and prove nothing. */
const PICTURES = { content: 'content', style: 'style', start: 'probe' } as const;

export interface Inputs {
  /** One [O, C, 3, 3] and one [O] a layer. */
  weights: Float32Array<ArrayBuffer>[];
  biases: Float32Array<ArrayBuffer>[];
  /** [3, n, n], RGB in 0..1. */
  content: Float32Array<ArrayBuffer>;
  style: Float32Array<ArrayBuffer>;
  start: Float32Array<ArrayBuffer>;
}

/** Writes weight0.f32 … and bias0.f32 …, and content-128.f32, style-128.f32 and start-128.f32 for each size. */
export async function writeInputs(folder: string, sizes: Iterable<number>): Promise<void> {
  const write = (name: string, values: Float32Array) => writeFile(join(folder, `${name}.f32`), values);
  for (const index of LAYERS.keys()) {
    const { weight, bias } = convWeights(index);
    await write(`weight${index}`, weight);
    await write(`bias${index}`, bias);
  }
  for (const size of new Set(sizes)) {
    for (const [name, seeded] of Object.entries(PICTURES)) {
      await write(`${name}-${size}`, seededImage(seeded, size, size));
    }
  }
}

export async function readInputs(folder: string, size: number): Promise<Inputs> {
  const read = async (name: string) => {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, `${name}.f32`));
    return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
  };
  const [content, style, start] = await Promise.all(
    Object.keys(PICTURES).map((name) => read(`${name}-${size}`)),
  );
  return {
    weights: await Promise.all(LAYERS.map((_, index) => read(`weight${index}`))),
    biases: await Promise.all(LAYERS.map((_, index) => read(`bias${index}`))),
    content: content!,
    style: style!,
    start: start!,
  };
}

/** `count` seeded numbers from `low` to `high`. */
export function between(seed: number, count: number, low: number, high: number): Float32Array<ArrayBuffer> {
  return uniform(seed, count).map((u) => low + u * (high - low));
}
