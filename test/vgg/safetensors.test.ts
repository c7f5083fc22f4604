import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { openSafetensors } from '../../src/vgg/safetensors.js';
import { writeSafetensors } from '../../src/vgg/write-safetensors.js';
import { expectedValues, fixture, hex, recorded } from './support.js';

/** A file with this header, JSON or not, and as many bytes of data. */
function file(header: unknown, dataBytes = 0, announced?: bigint) {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return memoryRandomAccess('some.safetensors', bytes);
}

const f32 = (shape: unknown, begin: unknown, end: unknown) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('reading safetensors', () => {
  it('gives the tensors that another writer stored', async () => {
    const { tensors } = await expectedValues();
    const source = await openSafetensors(await fixture('tensors.safetensors'));
    expect(source.describe).toBe('tensors.safetensors');
    expect(source.metadata).toEqual(new Map([['made by', 'make.py']]));
    expect(source.tensors.map(({ name }) => name)).toEqual(Object.keys(tensors));
    for (const { name, shape, dtype } of source.tensors) {
      expect({ shape, dtype }).toEqual({ shape: tensors[name]!.shape, dtype: tensors[name]!.dtype });
      if (dtype !== 'i64') expect(hex(await source.read(name)), name).toBe(tensors[name]!.float32);
    }
  });

  it('reads the header and the tensor asked for, and no more', async () => {
    const { file, reads } = recorded(await fixture('tensors.safetensors'));
    const source = await openSafetensors(file);
    const headerEnd = 8 + reads[1]![1];
    expect(reads).toEqual([
      [0, 8],
      [8, headerEnd - 8],
    ]);
    await source.read('f16');
    // After f32's 12 values of 4 bytes, 9 halves.
    expect(reads[2]).toEqual([headerEnd + 48, 18]);
    expect(reads).toHaveLength(3);
  });

  it('refuses tensors of integers and unknown names when they are read', async () => {
    const source = await openSafetensors(await fixture('tensors.safetensors'));
    await expect(source.read('i64')).rejects.toThrow('"i64" as i64; only f32');
    await expect(source.read('nothing')).rejects.toThrow(UserError);
    await expect(source.read('__proto__')).rejects.toThrow(UserError);
  });

  it.each([
    ['a header longer than the file', file({}, 0, 3n), 'announces a header of 3 bytes'],
    ['a header of 2^63 bytes', file({}, 0, 2n ** 63n), 'announces a header'],
    ['no JSON', file('{"a":'), 'not JSON'],
    [
      'bytes that are no UTF-8',
      memoryRandomAccess('x', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 255])),
      'not JSON',
    ],
    ['a JSON array', file([]), 'not a JSON object'],
    ['JSON null', file('null'), 'not a JSON object'],
    ['metadata that is no object', file({ __metadata__: 3 }), 'metadata'],
    ['an entry that is no object', file({ a: 3 }), 'tensor "a" lacks'],
    ['no shape', file({ a: f32(undefined, 0, 4) }, 4), 'lacks a dtype, a shape'],
    ['a negative size', file({ a: f32([-1], 0, 4) }, 4), 'lacks'],
    ['a size that is no integer', file({ a: f32([0.5], 0, 2) }, 2), 'lacks'],
    ['offsets that are text', file({ a: f32([1], '0', 4) }, 4), 'lacks'],
    ['a shape of another size', file({ a: f32([2], 0, 4) }, 4), "size that is not its shape's"],
    ['a shape beyond all numbers', file({ a: f32(Array(30).fill(2 ** 50), 0, 4) }, 4), "not its shape's"],
    ['an overlap', file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), 'tensor "b" does not begin'],
    ['a hole', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'tensor "b" does not begin'],
    ['offsets in the wrong order', file({ a: f32([1], 0, -4) }, 4), 'lacks'],
    ['too little data', file({ a: f32([1], 0, 4) }, 3), 'take 4 bytes, but it has 3'],
    ['too much data', file({ a: f32([1], 0, 4) }, 5), 'take 4 bytes, but it has 5'],
    ['fewer than 8 bytes', memoryRandomAccess('x', new Uint8Array(3)), 'cut short'],
  ])('refuses %s', async (_, damaged, sentence) => {
    await expect(openSafetensors(damaged)).rejects.toThrow(UserError);
    await expect(openSafetensors(damaged)).rejects.toThrow(sentence);
  });
});

describe('writing safetensors', () => {
  const data = Float32Array.from([1, -2, 0.1, 3, 1e-30, 65504]);

  it('comes back: f32 as it was, f16 rounded', async () => {
    const bytes = writeSafetensors(
      [
        { name: 'half', shape: [3], data: data.slice(0, 3), dtype: 'f16' },
        { name: 'full', shape: [2, 3], data },
        { name: '__proto__', shape: [], data: data.slice(3, 4) },
        { name: 'none', shape: [0], data: new Float32Array(0) },
      ],
      { licence: 'CC0' },
    );
    const source = await openSafetensors(memoryRandomAccess('made', bytes));
    expect(source.metadata.get('licence')).toBe('CC0');
    expect(source.tensors).toContainEqual({ name: 'full', shape: [2, 3], dtype: 'f32' });
    expect(source.tensors).toContainEqual({ name: 'half', shape: [3], dtype: 'f16' });
    expect(await source.read('full')).toEqual(data);
    expect(await source.read('__proto__')).toEqual(Float32Array.of(3));
    expect(await source.read('none')).toHaveLength(0);
    expect([...(await source.read('half'))]).toEqual([1, -2, 0.0999755859375]);
  });

  it('takes views of larger arrays', async () => {
    const bytes = writeSafetensors([{ name: 'part', shape: [2], data: data.subarray(1, 3) }]);
    const source = await openSafetensors(memoryRandomAccess('made', bytes));
    expect(await source.read('part')).toEqual(data.slice(1, 3));
  });

  it('aligns the data and puts wider types first', () => {
    for (const name of ['a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg', 'abcdefgh']) {
      const bytes = writeSafetensors([
        { name: 'h', shape: [1], data: data.slice(0, 1), dtype: 'f16' },
        { name, shape: [6], data },
      ]);
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
      expect(header[name].data_offsets).toEqual([0, 24]);
      expect(header.h.data_offsets).toEqual([24, 26]);
      expect(bytes).toHaveLength(8 + length + 26);
    }
  });

  it('refuses two tensors of one name, a wrong shape, and what f16 cannot hold', () => {
    const one = { name: 'a', shape: [6], data };
    expect(() => writeSafetensors([one, one])).toThrow('both be called "a"');
    expect(() => writeSafetensors([{ ...one, name: '__metadata__' }])).toThrow(UserError);
    expect(() => writeSafetensors([{ ...one, shape: [5] }])).toThrow('has 6 values');
    const large = { name: 'a', shape: [1], data: Float32Array.of(70000), dtype: 'f16' } as const;
    expect(() => writeSafetensors([large])).toThrow('beyond ±65504');
    expect(() => writeSafetensors([{ ...large, data: Float32Array.of(Infinity) }])).not.toThrow();
  });
});
