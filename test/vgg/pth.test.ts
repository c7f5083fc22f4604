import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openWeights } from '../../src/vgg/open-weights.js';
import { openPth } from '../../src/vgg/pth.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { expectedValues, fixture, fixtureBytes, hex, recorded } from './support.js';

describe('reading what torch.save wrote', () => {
  // protocol4 uses the opcodes of Python's newer pickles; zip64 has its sizes where archives beyond 4 GiB have them.
  // The legacy ones are of before PyTorch 1.6; python2 as torchvision's first files were pickled.
  it.each([
    ['tensors.pth', 'PyTorch'],
    ['protocol4.pth', 'PyTorch'],
    ['zip64.pth', 'PyTorch'],
    ['legacy.pth', 'PyTorch before 1.6'],
    ['legacy-protocol4.pth', 'PyTorch before 1.6'],
    ['legacy-python2.pth', 'PyTorch before 1.6'],
  ])('gives the tensors of %s', async (name, format) => {
    const { tensors } = await expectedValues();
    const source = await openWeights(await fixture(name));
    expect(source).toMatchObject({ describe: name, format });
    expect(source.tensors.map((tensor) => tensor.name)).toEqual(Object.keys(tensors));
    for (const { name, shape, dtype } of source.tensors) {
      expect({ shape, dtype }).toEqual({ shape: tensors[name]!.shape, dtype: tensors[name]!.dtype });
      if (dtype !== 'i64') expect(hex(await source.read(name)), name).toBe(tensors[name]!.float32);
    }
  });

  it('finds a module’s state dict inside a checkpoint', async () => {
    const { checkpoint } = await expectedValues();
    const source = await openPth(await fixture('checkpoint.pth'));
    for (const [name, { shape, dtype, float32 }] of Object.entries(checkpoint)) {
      expect(source.tensors).toContainEqual({ name: `state_dict.${name}`, shape, dtype });
      if (dtype !== 'i64') expect(hex(await source.read(`state_dict.${name}`)), name).toBe(float32);
    }
    expect(source.tensors).toHaveLength(Object.keys(checkpoint).length);
  });

  it('reads one storage for one tensor, besides the header before it', async () => {
    const { file, reads } = recorded(await fixture('tensors.pth'));
    const source = await openPth(file);
    // f32: 12 values; a part of 3 values of a storage of 12 takes the storage.
    for (const [name, bytes] of [
      ['f32', 48],
      ['f16', 18],
      ['shared.part', 48],
    ] as const) {
      reads.length = 0;
      await source.read(name);
      expect(reads.map(([, length]) => length)).toEqual([30, bytes]);
    }
  });

  it('reads the pickles and one storage of a file of before 1.6', async () => {
    const { file, reads } = recorded(await withLargeTail('legacy.pth', 2 ** 20));
    const source = await openWeights(file);
    expect(hex(await source.read('f32'))).toBe((await expectedValues()).tensors.f32!.float32);
    // What tells the format, the pickles with whatever follows them, and 12 values behind their number.
    expect(reads.map(([, length]) => length)).toEqual([9, 2 ** 14, 8 + 48]);
  });

  it('reads little of a large file', async () => {
    // A megabyte in front, so that the search for the end of the archive (64 KiB) cannot pass over everything.
    const bytes = await withLargeStorage('tensors.pth', 2 ** 20);
    const { file, reads } = recorded(memoryRandomAccess('large.pth', bytes));
    const source = await openPth(file);
    expect(source.tensors).toHaveLength(13);
    expect(hex(await source.read('f32'))).toBe((await expectedValues()).tensors.f32!.float32);
    const total = reads.reduce((sum, [, length]) => sum + length, 0);
    // The search reads 65,557 bytes, the directory and the pickle are less than 4 KiB.
    expect(total).toBeLessThan(70_000);
    expect(file.size).toBeGreaterThan(2 ** 20);
  });
});

/** The file with zeros behind it, which no reader of the format looks at. */
async function withLargeTail(name: string, extra: number) {
  const old = await fixtureBytes(name);
  const bytes = new Uint8Array(old.length + extra);
  bytes.set(old);
  return memoryRandomAccess(name, bytes);
}

/**
 * The archive with `extra` zeros between its members and its directory, whose place the record at the end (22 bytes;
 * these archives carry no comment) gives at its byte 16.
 */
async function withLargeStorage(name: string, extra: number): Promise<Uint8Array<ArrayBuffer>> {
  const old = await fixtureBytes(name);
  const end = old.length - 22;
  const directory = new DataView(old.buffer).getUint32(end + 16, true);
  const bytes = new Uint8Array(old.length + extra);
  bytes.set(old.subarray(0, directory));
  bytes.set(old.subarray(directory), directory + extra);
  new DataView(bytes.buffer).setUint32(end + extra + 16, directory + extra, true);
  return bytes;
}

describe('refusing', () => {
  it.each([
    ['command.pth', 'asks for "posix.system"'],
    ['module.pth', 'asks for "torch.nn.modules.conv.Conv2d"'],
    ['compressed.pth', 'is compressed'],
    ['bare.pth', 'no dictionary of tensors'],
    ['legacy-command.pth', 'asks for "posix.system"'],
  ])('%s, in one sentence', async (name, sentence) => {
    const file = await fixture(name);
    await expect(openWeights(file)).rejects.toThrow(UserError);
    await expect(openWeights(file)).rejects.toThrow(sentence);
    await expect(openWeights(file)).rejects.toThrow(name);
  });

  it('a tensor of 2^40 elements in a storage of one, without allocating it', async () => {
    const source = await openPth(await fixture('expanded.pth'));
    expect(source.tensors).toEqual([{ name: 'a', shape: [2 ** 40], dtype: 'f32' }]);
    await expect(source.read('a')).rejects.toThrow(UserError);
    await expect(source.read('a')).rejects.toThrow('more elements than are stored');
  });

  it('tensors of integers and unknown names, when they are read', async () => {
    const source = await openPth(await fixture('tensors.pth'));
    await expect(source.read('i64')).rejects.toThrow('"i64" as i64; only f32');
    await expect(source.read('nothing')).rejects.toThrow(UserError);
  });
});

describe('telling formats apart', () => {
  it('goes by content and not by name', async () => {
    const { tensors } = await expectedValues();
    for (const name of ['tensors.pth', 'tensors.safetensors']) {
      const source = await openWeights(memoryRandomAccess('picture.png', await fixtureBytes(name)));
      expect(hex(await source.read('f32'))).toBe(tensors.f32!.float32);
    }
  });

  it.each([
    ['an empty file', ''],
    ['one byte', '{'],
    ['a web page', '<!doctype html><title>404</title>'],
    ['JSON', '{"tensors": {"a": [1, 2, 3]}}'],
  ])('refuses %s', async (_, text) => {
    const file = memoryRandomAccess('some-file', new TextEncoder().encode(text));
    await expect(openWeights(file)).rejects.toThrow(UserError);
    await expect(openWeights(file)).rejects.toThrow('some-file is neither');
  });
});
