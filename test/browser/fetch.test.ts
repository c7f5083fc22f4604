/** VGG-19 in a browser: fetched from another origin into the real Cache Storage, and found there by the next page. */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileServer } from '../support/file-server.js';
import { CONVOLUTIONS, tensorValues, timmFile } from '../support/vgg19-file.js';
import { useBrowser } from './browser.js';
import { useBundle } from './bundle.js';
import type { FetchedInPage } from './fetch-page.js';

const url = useBundle('test/browser/fetch-page.ts');
const open = useBrowser();
let server: FileServer;
beforeAll(async () => {
  server = await FileServer.start(timmFile());
  // What the page's origin needs, and no more: Content-Range and ETag stay hidden from it.
  server.fault = () => ({ headers: { 'access-control-allow-origin': '*' } });
});
afterAll(() => server.stop());

const NAMES = ['features.0.weight', 'features.7.bias', 'features.10.weight'];
const SHAPES = new Map(CONVOLUTIONS);
const hashes = NAMES.map((name) => {
  const values = tensorValues(
    name,
    SHAPES.get(name)!.reduce((product, length) => product * length, 1),
  );
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [name, createHash('sha256').update(bytes).digest('hex')];
});

async function fetchIn(page: Page): Promise<FetchedInPage> {
  await page.waitForFunction('globalThis.fetchInto');
  return page.evaluate(`fetchInto(${JSON.stringify(server.url())}, ${JSON.stringify(NAMES)})`);
}

it('is fetched once, with the bytes that the layers take', async () => {
  const page = await open(url());
  const first = await fetchIn(page);
  expect(first.hashes).toEqual(Object.fromEntries(hashes));
  expect(first.received).toBe(2_224_688);
  // Four parts, and a HEAD for the size.
  expect(first.requests).toBe(5);
  expect(server.requests.map(({ method }) => method).sort()).toEqual(['GET', 'GET', 'GET', 'GET', 'HEAD']);

  server.reset();
  await page.reload();
  expect(await fetchIn(page)).toEqual({ requests: 0, received: 0, hashes: first.hashes });
  expect(server.requests).toEqual([]);
});
