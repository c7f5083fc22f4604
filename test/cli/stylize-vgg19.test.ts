/** `scumble stylize --weights vgg19`: from the network to a picture, and then without one. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { FileServer, refusedUrl } from '../support/file-server.js';
import { timmFile } from '../support/vgg19-file.js';
import { startScumble } from './run.js';
import { openWorkshop } from './stylize-files.js';

const { path, folder, remove } = openWorkshop();
let server: FileServer;
let refused: string;
beforeAll(async () => {
  server = await FileServer.start(timmFile());
  refused = await refusedUrl();
});
afterEach(() => {
  server.reset();
  server.fault = () => undefined;
});
afterAll(async () => {
  await server.stop();
  remove();
});

/** The seed's layers, and pictures as small as these allow. */
const options = ['--size', '16', '--evaluations', '2', '--history', '2', '--weights', 'vgg19'];
const start = (output: string, env: Record<string, string> = {}) =>
  startScumble(['stylize', path('content.png'), path('style.png'), '-o', path(output), ...options], {
    SCUMBLE_CACHE: join(folder, 'cache'),
    SCUMBLE_VGG19_URL: server.url(),
    TORCH_HOME: folder,
    ...env,
  });
const stylize = (...given: Parameters<typeof start>) => start(...given).done;

describe('with an empty cache', () => {
  test('fetches the layers it needs, paints, and has them the second time', async () => {
    expect(await stylize('first.png')).toMatchObject({ code: 0, stderr: '' });
    expect(server.sent).toBe(2_224_688);
    expect(decodeImage(new Uint8Array(readFileSync(path('first.png'))), 'first.png')).toMatchObject({
      width: 16,
      height: 16,
    });

    server.reset();
    expect(await stylize('second.png')).toMatchObject({ code: 0, stderr: '' });
    expect(server.requests).toEqual([]);
    expect(readFileSync(path('second.png'))).toEqual(readFileSync(path('first.png')));

    // Kept numbers are not believed, but compared with their hash.
    const kept = join(folder, 'cache', 'vgg19.safetensors');
    const bytes = readFileSync(kept);
    bytes[bytes.length - 99]! ^= 1;
    writeFileSync(kept, bytes);
    const { code, stderr } = await stylize('third.png');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^scumble: [^\n]*the SHA-256 of "features[^\n]*; it is fetched anew\.\n$/);
    expect(readFileSync(path('third.png'))).toEqual(readFileSync(path('first.png')));
  });

  test('and no network, says the two ways out, and writes nothing', async () => {
    const env = { SCUMBLE_CACHE: join(folder, 'empty'), SCUMBLE_VGG19_URL: refused };
    const { code, stdout, stderr } = await stylize('none.png', env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^scumble: VGG-19 is not on this machine, and could not be fetched \(127\.0\.0\.1:\d+: the connection is refused\); use the embedded network \(--weights embedded\), or [^\n]+ \(--weights FILE\)\.$/,
    );
    expect(existsSync(path('none.png'))).toBe(false);
  });

  test('is stopped by Ctrl-C while it fetches, without a picture, and what came is kept', async () => {
    server.fault = () => ({ slow: 100 });
    const { kill, done } = start('stopped.png', { SCUMBLE_CACHE: join(folder, 'stopped') });
    while (server.sent < 1_000_000) await new Promise((resolve) => setTimeout(resolve, 20));
    kill('SIGINT');
    const stdout =
      'Stopping; once more to stop at once.\nStopped before the first evaluation; nothing was written.\n';
    expect(await done).toMatchObject({ code: 130, stdout });
    expect(existsSync(path('stopped.png'))).toBe(false);
    expect(readdirSync(join(folder, 'stopped'))).toContain('vgg19.partial');
  });
});

test('a cache that takes nothing is no reason to stop', async () => {
  writeFileSync(path('file'), '');
  const { code, stderr } = await stylize('uncached.png', { SCUMBLE_CACHE: path('file') });
  expect(code).toBe(0);
  expect(stderr).toMatch(/VGG-19 is not kept, and will be fetched again\.\n/);
  expect(existsSync(path('uncached.png'))).toBe(true);
});
