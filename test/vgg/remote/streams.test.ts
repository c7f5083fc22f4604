/** Servers that send the whole file whatever they are asked for, files whose names promise a hash, and what is no file of it. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/vgg/remote/index.js';
import {
  CONVOLUTIONS,
  convolutionsFile,
  pytorchFile,
  safetensorsFile,
  type VirtualFile,
} from '../../support/vgg19-file.js';
import { expectLayers, useServer } from './support.js';

const remote = useServer();

/** conv1_1 and conv1_2: 155 kB, the whole of which is asked for. */
const SMALL = safetensorsFile(CONVOLUTIONS.slice(0, 4));

function sha256(file: VirtualFile): string {
  const hash = createHash('sha256');
  for (let at = 0; at < file.size; at += 2 ** 20)
    hash.update(file.read(at, Math.min(file.size, at + 2 ** 20)));
  return hash.digest('hex');
}

describe('a server that ignores ranges', () => {
  it('is read until the last layer needed has come by', async () => {
    const { server } = remote;
    server.ranges = false;
    // No faster than it is read: what is on its way when the connection closes counts as sent.
    server.fault = () => ({ slow: 1 });
    const progress: number[] = [];
    const { source, requests } = await remote.fetch({ onProgress: ({ done }) => progress.push(done) });
    await expectLayers(source, 'conv_5');
    expect(requests).toBe(1);
    // In the order of the names conv3_1 comes early and conv2_2 late, but the classifier after all of them.
    expect(server.sent).toBeLessThan(85e6);
    expect(server.file.size).toBeGreaterThan(574e6);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it('may break off, and is then read from the beginning', async () => {
    const { server } = remote;
    server.ranges = false;
    server.fault = (_, n) => (n === 0 ? { drop: 3_000_000 } : undefined);
    const { source, requests, notices } = await remote.fetch();
    await expectLayers(source, 'conv_5');
    expect(requests).toBe(2);
    expect(notices).toEqual([expect.stringMatching(/the connection broke; trying again in/)]);
  });

  it('may have a file of PyTorch before 1.6, whose tensors are in order too', async () => {
    const { server } = remote;
    Object.assign(server, { ranges: false, file: pytorchFile('legacy') });
    const { source } = await remote.fetch();
    await expectLayers(source, 'conv_5');
    expect(server.sent).toBeLessThan(85e6);
  });

  it('cannot give a large zip, whose table of contents is at its end', async () => {
    const { server } = remote;
    Object.assign(server, { ranges: false, file: pytorchFile('zip') });
    await expect(remote.fetch()).rejects.toThrow(
      /the server does not send parts of files, and this one is too large to be fetched whole \(575 MB\); try again/,
    );
    expect(server.requests).toHaveLength(1);
    expect(server.sent).toBeLessThan(10e6);
  });
});

describe.each([
  ['a whole file in parts', true, SMALL],
  ['a small whole file in one stream', false, SMALL],
  ['a large one that passes by', false, convolutionsFile()],
])('%s is compared with the hash in its name', (_, ranges, file) => {
  const hash = sha256(file);
  const fetch = (digits: string, store = memoryStore()) => {
    Object.assign(remote.server, { ranges, file });
    const from = [remote.server.url(`/vgg19-${digits}.safetensors`)];
    return remote.fetch({ from, layers: ['conv_2'], store });
  };

  it('and taken where it is the same', async () => {
    const { source } = await fetch(hash.slice(0, 8));
    await expectLayers(source, 'conv_2');
    expect(remote.server.sent).toBe(file.size);
  });

  it('and refused otherwise, and nothing of it is kept', async () => {
    const store = memoryStore();
    await expect(fetch('0badf11e', store)).rejects.toThrow(
      `is damaged: its SHA-256 begins with ${hash.slice(0, 8)} and not with 0badf11e, as its name says; get a fresh copy`,
    );
    expect(await store.keys('')).toEqual([]);
  });
});

it.each([true, false])(
  'a page to sign in at in place of the file is a sentence (ranges: %s)',
  async (ranges) => {
    const page = Buffer.from(
      `<!DOCTYPE html><html><body>Sign in to the café's network${' '.repeat(900)}</body></html>`,
    );
    const file = {
      size: page.length,
      read: (begin: number, end: number) => Buffer.from(page.subarray(begin, end)),
    };
    Object.assign(remote.server, { ranges, file });
    const store = memoryStore();
    await expect(remote.fetch({ store })).rejects.toThrow(
      /^VGG-19 could not be fetched: http:\/\/127\.0\.0\.1:\d+\/model\.safetensors .+; try again later, or /,
    );
    expect(await store.keys('')).toEqual([]);
  },
);
