import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { openRandomAccessFile } from '../../src/node/random-access-file.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 251);
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scumble-'));
  path = join(folder, 'file');
  await writeFile(path, bytes);
});

afterEach(() => rm(folder, { recursive: true }));

const openers = {
  memory: async () => ({ ...memoryRandomAccess('file', bytes), close: async () => undefined }),
  disk: () => openRandomAccessFile(path),
};

describe.each(['memory', 'disk'] as const)('random access in %s', (where) => {
  it('reads any part', async () => {
    const file = await openers[where]();
    expect(file.size).toBe(1000);
    for (const [offset, length] of [
      [0, 1000],
      [17, 400],
      [999, 1],
      [1000, 0],
      [0, 0],
    ] as const) {
      expect(await file.read(offset, length)).toEqual(bytes.slice(offset, offset + length));
    }
    await file.close();
  });

  it('refuses what is not in the file, before it allocates anything', async () => {
    const file = await openers[where]();
    for (const [offset, length] of [
      [0, 1001],
      [1000, 1],
      [-1, 2],
      [2, -1],
      [0.5, 1],
      [NaN, 1],
      [0, 2 ** 52],
      [2 ** 60, 1],
    ] as const) {
      await expect(file.read(offset, length)).rejects.toThrow(UserError);
    }
    await file.close();
  });
});

describe('a file on disk', () => {
  it('is refused in one sentence if it is missing or no file', async () => {
    await expect(openRandomAccessFile(join(folder, 'none'))).rejects.toThrow('there is no such file');
    await expect(openRandomAccessFile(folder)).rejects.toThrow(UserError);
    await expect(openRandomAccessFile(folder)).rejects.toThrow('not a plain file');
  });

  it('is refused if it shrinks while it is read', async () => {
    const file = await openRandomAccessFile(path);
    await truncate(path, 100);
    await expect(file.read(50, 100)).rejects.toThrow('became shorter');
    await file.close();
  });
});
