/** `scumble weights fetch` as a user runs it, from a server of this machine. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../../src/vgg/safetensors.js';
import { memoryRandomAccess } from '../../src/vgg/random-access.js';
import { FileServer, refusedUrl } from '../support/file-server.js';
import { ForwardProxy } from '../support/forward-proxy.js';
import { timmFile } from '../support/vgg19-file.js';
import { expectLayers } from '../vgg/remote/support.js';
import { type Run, startScumble } from './run.js';

/** Of the seed's layers over the wire, the file's header among them. */
const BYTES = 2_224_688;

const folder = mkdtempSync(join(tmpdir(), 'scumble-fetch-'));
let server: FileServer;
let refused: string;
beforeAll(async () => {
  refused = await refusedUrl();
  writeFileSync(join(folder, 'file'), '');
  server = await FileServer.start(timmFile());
});
afterEach(() => {
  server.reset();
  server.fault = () => undefined;
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const start = (cache: string, args: readonly string[], env: Record<string, string> = {}) =>
  startScumble(['weights', 'fetch', ...args], {
    SCUMBLE_CACHE: join(folder, cache),
    SCUMBLE_VGG19_URL: server.url(),
    ...env,
  });
const fetch = (...given: Parameters<typeof start>): Promise<Run> => start(...given).done;

async function expectFile(path: string, deepest: string): Promise<void> {
  await expectLayers(
    await openSafetensors(memoryRandomAccess(path, new Uint8Array(readFileSync(path)))),
    deepest,
  );
}

/** One sentence, and nothing else. */
function expectFailure({ code, stdout, stderr }: Run, sentence: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^scumble: [^\n]+[.?]\n$/);
  expect(stderr).toMatch(sentence);
}

describe('into the cache', () => {
  it('fetches once, and says how much it was; more is added, and nothing comes twice', async () => {
    const first = await fetch('cache', ['vgg19']);
    const path = join(folder, 'cache', 'vgg19.safetensors');
    expect(first).toEqual({
      code: 0,
      stdout: `VGG-19 up to conv3_1 is in ${path} (2.2 MB): 2.2 MB came from 127.0.0.1:${server.port} in 4 requests.\n`,
      stderr: '',
    });
    expect(server.sent).toBe(BYTES);
    await expectFile(path, 'conv_5');

    server.reset();
    const second = await fetch('cache', ['vgg19', '--layers', 'conv2_1']);
    expect(second).toEqual({
      code: 0,
      stdout: `VGG-19 up to conv3_1 is in ${path} (2.2 MB): it was there already.\n`,
      stderr: '',
    });
    expect(server.requests).toEqual([]);

    expect(await fetch('cache', ['vgg19', '--layers', 'conv3_2', '--quiet'])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(server.sent).toBeLessThan(BYTES + 4 * (256 * 256 * 9 + 256) - 1_000_000);
    await expectFile(path, 'conv_6');
    expect(readdirSync(join(folder, 'cache'))).toEqual(['vgg19.safetensors']);
  });

  it('goes on after Ctrl-C, which is exit code 130, from where it was', async () => {
    // Two megabytes in some seconds, so that there is time to stop it.
    server.fault = () => ({ slow: 100 });
    const { kill, done } = start('stopped', ['vgg19']);
    while (server.sent < 1_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
    kill('SIGINT');
    const stopped = await done;
    expect(stopped).toEqual({
      code: 130,
      stdout: 'Stopped; what has come is kept, and the same command goes on from there.\n',
      stderr: '',
    });
    expect(server.sent).toBeLessThan(BYTES);
    expect(readdirSync(join(folder, 'stopped'))).toEqual(['vgg19.partial']);

    server.reset();
    server.fault = () => undefined;
    expect((await fetch('stopped', ['vgg19'])).code).toBe(0);
    expect(server.sent).toBeLessThan(BYTES - 500_000);
    await expectFile(join(folder, 'stopped', 'vgg19.safetensors'), 'conv_5');
  });

  it('tells on stderr what went another way, and gets there', async () => {
    server.fault = (_, n) => (n === 1 ? { drop: 100_000 } : undefined);
    const { code, stderr } = await fetch('notices', ['vgg19']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^scumble: 127\.0\.0\.1:\d+: the connection broke; trying again in 0\.\d seconds\.\n$/,
    );
  });
});

describe('elsewhere', () => {
  it('--from and --to take the place of the usual ones', async () => {
    mkdirSync(join(folder, 'to'));
    const args = ['vgg19', '--layers', 'conv_2', '--from', server.url('/mine'), '--to', join(folder, 'to')];
    const { code, stdout } = await fetch('unused', args, { SCUMBLE_VGG19_URL: refused });
    expect(code).toBe(0);
    expect(stdout).toContain(join(folder, 'to', 'vgg19.safetensors'));
    expect(server.requests.every(({ path }) => path === '/mine')).toBe(true);
    await expectFile(join(folder, 'to', 'vgg19.safetensors'), 'conv_2');
    expect(existsSync(join(folder, 'unused'))).toBe(false);
    // A file of ours may be added to.
    expect((await fetch('unused', [...args, '--layers', 'conv_3'])).code).toBe(0);
    await expectFile(join(folder, 'to', 'vgg19.safetensors'), 'conv_3');
  });

  it('leaves a file alone that is not its own', async () => {
    mkdirSync(join(folder, 'foreign'));
    const path = join(folder, 'foreign', 'vgg19.safetensors');
    writeFileSync(path, 'mine');
    const run = await fetch('unused', ['vgg19', '--to', join(folder, 'foreign')]);
    expectFailure(
      run,
      /vgg19\.safetensors is there already and is no file that scumble has fetched; move it away/,
    );
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(join(folder, 'foreign'))).toEqual(['vgg19.safetensors']);
    expect(server.requests).toEqual([]);
  });
});

describe('a proxy', () => {
  let proxy: ForwardProxy;
  beforeAll(async () => {
    proxy = await ForwardProxy.start();
  });
  afterAll(() => proxy.stop());

  it('that HTTP_PROXY names is used, except for what NO_PROXY names', async () => {
    const env = { HTTP_PROXY: proxy.url };
    expect((await fetch('proxied', ['vgg19', '--layers', 'conv_1'], env)).code).toBe(0);
    expect(new Set(proxy.asked)).toEqual(new Set([`127.0.0.1:${server.port}`]));
    await expectFile(join(folder, 'proxied', 'vgg19.safetensors'), 'conv_1');

    proxy.asked.length = 0;
    server.reset();
    expect(
      (await fetch('direct', ['vgg19', '--layers', 'conv_1'], { ...env, NO_PROXY: '127.0.0.1' })).code,
    ).toBe(0);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(proxy.asked).toEqual([]);
  });

  it('that is no address is named', async () => {
    expectFailure(
      await fetch('none', ['vgg19'], { HTTP_PROXY: 'no address' }),
      /HTTP_PROXY or HTTPS_PROXY is not/,
    );
  });
});

it.each<[string, string[], RegExp, Record<string, string>?]>([
  ['an unknown network', ['vgg16'], /no network called "vgg16" to fetch; the only one is vgg19\./],
  ['an unknown layer', ['vgg19', '--layers', 'conv9_9'], /no layer called "conv9_9"/],
  ['another scheme', ['vgg19', '--from', 'ftp://x/y'], /--from takes an address .* not "ftp:\/\/x\/y"/],
  ['a password in it', ['vgg19', '--from', 'http://me:word@x/y'], /holds no password/],
  [
    'another scheme in the environment',
    ['vgg19'],
    /SCUMBLE_VGG19_URL takes/,
    { SCUMBLE_VGG19_URL: 'file:///x' },
  ],
  ['a missing folder', ['vgg19', '--to', join(folder, 'missing')], /missing/],
  [
    'a cache that cannot be made',
    ['vgg19'],
    /Cannot make the cache folder .*SCUMBLE_CACHE/,
    { SCUMBLE_CACHE: join(folder, 'file', 'cache') },
  ],
  [
    // Linux says there that no such file exists; other systems may not let a folder be made at their root, or have no /proc.
    'a cache in a file system that makes none',
    ['vgg19'],
    /Cannot make the cache folder .*SCUMBLE_CACHE/,
    { SCUMBLE_CACHE: process.platform === 'linux' ? '/proc/scumble/cache' : join(folder, 'file', 'cache') },
  ],
])('%s is one sentence and exit code 2', async (_, args, sentence, env) => {
  expectFailure(await fetch('refused', args, env), sentence);
  expect(server.requests).toEqual([]);
  expect(existsSync(join(folder, 'missing'))).toBe(false);
});

it('without a network it is tried twice, and then said in a sentence', async () => {
  const { stderr, ...run } = await fetch('refused', ['vgg19'], { SCUMBLE_VGG19_URL: refused });
  const [notice, ...last] = stderr.split(/(?<=\n)/);
  expect(notice).toMatch(
    /^scumble: 127\.0\.0\.1:\d+: the connection is refused; trying again in 0\.\d seconds\.\n$/,
  );
  expectFailure(
    { ...run, stderr: last.join('') },
    /127\.0\.0\.1:\d+: the connection is refused; try again later, or/,
  );
});
