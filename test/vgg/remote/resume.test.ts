/** A run that is broken off, what is kept of it, and what later runs make of that. */
import { describe, expect, it } from 'vitest';
import { type BlobStore, KEPT_NAME, memoryStore } from '../../../src/vgg/remote/index.js';
import type { WeightSource } from '../../../src/vgg/weights.js';
import { refusedUrl } from '../../support/file-server.js';
import { pytorchFile } from '../../support/vgg19-file.js';
import { expectLayers, useServer } from './support.js';

const remote = useServer();

/** Everything for the seed's layers, the header among it. */
const BYTES = 2_224_688;

/** Fetches until about `bytes` have come, and is then stopped as by Ctrl-C. */
async function stopAfter(bytes: number, store: BlobStore): Promise<void> {
  const controller = new AbortController();
  const failure: unknown = await remote
    .fetch({
      store,
      signal: controller.signal,
      onProgress: ({ done }) => done >= bytes && controller.abort(),
    })
    .catch((error: unknown) => error);
  expect(controller.signal.aborted).toBe(true);
  expect(failure).toBe(controller.signal.reason);
}

describe('a run that was stopped', () => {
  it('leaves what it received, and the next one goes on from there', async () => {
    const store = memoryStore();
    await stopAfter(1_500_000, store);
    expect(await store.get(KEPT_NAME)).toBeUndefined();
    remote.server.reset();
    const { source, received } = await remote.fetch({ store });
    await expectLayers(source, 'conv_5');
    // The header is asked for again: its answer tells whether the file is the same.
    expect(received).toBeLessThan(BYTES - 1_500_000 + 20_000);
    expect(await store.keys('')).toEqual([KEPT_NAME]);
  });

  it('has been of no use when the file has changed since', async () => {
    const store = memoryStore();
    await stopAfter(1_500_000, store);
    remote.server.reset();
    remote.server.etag = '"two"';
    const { received } = await remote.fetch({ store });
    expect(received).toBe(BYTES);
    expect(await store.keys('')).toEqual([KEPT_NAME]);
  });

  it('has been of no use where nothing tells one state of the file from another', async () => {
    const store = memoryStore();
    remote.server.etag = undefined;
    await stopAfter(1_500_000, store);
    expect(await store.keys('')).toEqual([]);
    const { received } = await remote.fetch({ store });
    expect(received).toBe(BYTES);
  });

  it('goes by the date of the last change where there is no ETag', async () => {
    const store = memoryStore();
    remote.server.etag = undefined;
    remote.server.fault = () => ({ headers: { 'last-modified': 'Sat, 18 Mar 2017 00:00:00 GMT' } });
    await stopAfter(1_500_000, store);
    const { received } = await remote.fetch({ store });
    expect(received).toBeLessThan(BYTES - 1_400_000);
  });

  it('is not believed where a part of it was damaged in the store', async () => {
    const store = memoryStore();
    await stopAfter(1_500_000, store);
    const parts = await store.keys('vgg19.partial/');
    expect(parts.length).toBeGreaterThan(1);
    for (const key of parts) {
      const bytes = (await store.get(key))!;
      bytes[bytes.length >> 1]! ^= 1;
      await store.put(key, bytes);
    }
    const { source, received } = await remote.fetch({ store });
    await expectLayers(source, 'conv_5');
    expect(received).toBe(BYTES);
  });
});

describe('a file that changes under way', () => {
  const change = (n: number) => (_: unknown, at: number) => {
    if (at === n) remote.server.etag = '"two"';
    return undefined;
  };

  it.each([true, false])('is begun anew (If-Range: %s)', async (ifRange) => {
    remote.server.fault = change(2);
    const { source, notices, url } = await remote.fetch({ ifRange });
    await expectLayers(source, 'conv_5');
    expect(notices).toEqual([expect.stringMatching(/changed while it was being fetched; beginning anew\.$/)]);
    expect(source.metadata.get('scumble.source-state')).toBe('"two"');
    expect(source.metadata.get('scumble.source')).toBe(url);
    expect(remote.server.requests.slice(1).some(({ headers }) => 'if-range' in headers)).toBe(ifRange);
  });

  it('is given up when it does so again and again', async () => {
    let n = 0;
    remote.server.fault = () => {
      remote.server.etag = `"${n++}"`;
      return undefined;
    };
    await expect(remote.fetch()).rejects.toThrow(
      /the file changed while it was being fetched, again and again/,
    );
  });

  it('is noticed by its size alone', async () => {
    remote.server.etag = undefined;
    remote.server.fault = (_, n) => (n === 2 ? { total: 574e6 } : undefined);
    const { notices } = await remote.fetch();
    expect(notices).toHaveLength(1);
  });
});

describe('what was fetched', () => {
  it('is there without a network', async () => {
    const store = memoryStore();
    await remote.fetch({ store });
    remote.server.reset();
    const { source, requests, received } = await remote.fetch({ store, layers: ['relu2_2', 'conv_1'] });
    await expectLayers(source, 'conv_5');
    expect([requests, received, remote.server.requests.length]).toEqual([0, 0, 0]);
  });

  it('is completed by deeper layers, which alone are fetched', async () => {
    const store = memoryStore();
    await remote.fetch({ store });
    remote.server.reset();
    const { source, received } = await remote.fetch({ store, layers: ['conv3_3'] });
    await expectLayers(source, 'conv3_3');
    expect(names(source)).toBe('conv1_1 conv1_2 conv2_1 conv2_2 conv3_1 conv3_2 conv3_3');
    // Two convolutions of 256 × 256 × 3 × 3, and the header.
    expect(received).toBe(2 * 4 * (256 * 256 * 9 + 256) + 16_384);
  });

  it('is fetched as a whole where the file has changed since', async () => {
    const store = memoryStore();
    await remote.fetch({ store });
    remote.server.etag = '"two"';
    const { source } = await remote.fetch({ store, layers: ['conv3_2'] });
    await expectLayers(source, 'conv3_2');
    expect(source.metadata.get('scumble.source-state')).toBe('"two"');
  });

  it('keeps what another process has added meanwhile', async () => {
    const store = memoryStore();
    await Promise.all([
      remote.fetch({ store, layers: ['conv_5'] }),
      remote.fetch({ store, layers: ['conv_7'] }),
      remote.fetch({ store, layers: ['conv_2'] }),
    ]);
    remote.server.reset();
    const { source, requests } = await remote.fetch({ store, layers: ['conv_7'] });
    await expectLayers(source, 'conv_7');
    expect(requests).toBe(0);
  });

  it.each([
    [
      'a tensor',
      (size: number) => size - 1000,
      /the SHA-256 of "features\.\d+\.(weight|bias)" is not the one/,
    ],
    ['the header', () => 10, /no sound safetensors file/],
  ])('is fetched anew when %s of it is damaged', async (_, place, reason) => {
    const store = memoryStore();
    await remote.fetch({ store });
    const bytes = (await store.get(KEPT_NAME))!;
    bytes[place(bytes.length)]! ^= 1;
    await store.put(KEPT_NAME, bytes);
    const { source, notices, requests } = await remote.fetch({ store });
    await expectLayers(source, 'conv_5');
    expect(requests).toBe(4);
    expect(notices).toEqual([expect.stringMatching(reason)]);
    expect(notices[0]).toMatch(/; it is fetched anew\.$/);
  });
});

describe('a second source', () => {
  it('is taken when the first fails, with what went wrong there', async () => {
    const { server } = remote;
    server.fault = ({ path }) => (path === '/gone' ? { status: 404 } : undefined);
    const { source, notices } = await remote.fetch({ from: [server.url('/gone'), server.url('/there')] });
    await expectLayers(source, 'conv_5');
    expect(notices).toEqual([
      expect.stringMatching(/\/gone: there is no such file \(404\); trying another place\.$/),
    ]);
  });

  it('may have another format', async () => {
    const { server } = remote;
    server.file = pytorchFile('zip');
    const { source } = await remote.fetch({ from: [await refusedUrl(), server.url('/vgg19.pth')] });
    await expectLayers(source, 'conv_5');
  });

  it('is asked first for what is missing of what came from it', async () => {
    const { server } = remote;
    const store = memoryStore();
    const from = [server.url('/first'), server.url('/second')];
    server.fault = ({ path }) => (path === '/first' ? { status: 500 } : undefined);
    await remote.fetch({ store, from });
    server.reset();
    server.fault = () => undefined;
    await remote.fetch({ store, from, layers: ['conv_6'] });
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(new Set(['/second']));
  });
});

it('redirections are followed', async () => {
  const { server } = remote;
  server.fault = ({ path }) =>
    path === '/here' ? { status: 302, headers: { location: '/there' } } : undefined;
  const { source } = await remote.fetch({ from: [server.url('/here')] });
  await expectLayers(source, 'conv_5');
});

it('what is secret in an address is not written down', async () => {
  const { source } = await remote.fetch({ from: [remote.server.url('/model?signature=abc')] });
  expect([...source.metadata.values()].join()).not.toContain('abc');
});

function names({ metadata }: WeightSource): string | undefined {
  return metadata.get('scumble.layers');
}
