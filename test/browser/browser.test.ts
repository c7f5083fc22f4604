import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright';
import { launchBrowser, openPage, useBrowser } from './browser.js';
import { useFolder } from './serve.js';

const folder = mkdtempSync(join(tmpdir(), 'scumble-browser-'));
afterAll(() => rmSync(folder, { recursive: true }));
const site = useFolder(folder);

/** Writes a page that runs `script` and then sets its title to "done". */
function writePage(name: string, script: string, body = ''): string {
  const text = `<!doctype html><title>at work</title><body style="margin: 0">${body}
<script type="module">
try { ${script} } finally { document.title = 'done'; }
</script>`;
  writeFileSync(join(folder, name), text);
  return site() + name;
}

const done = (page: { waitForFunction(expression: string): Promise<unknown> }) =>
  page.waitForFunction(`document.title === 'done'`);

describe('a page in the browser', () => {
  const open = useBrowser({ viewport: { width: 320, height: 240 } });

  it('shows what WebGPU draws on a canvas, and can read it back', async () => {
    const url = writePage(
      'canvas.html',
      `
      const canvas = document.querySelector('canvas');
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const context = canvas.getContext('webgpu');
      context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat() });
      const encoder = device.createCommandEncoder();
      const view = context.getCurrentTexture().createView();
      const orange = { r: 1, g: 0.6, b: 0.2, a: 1 };
      encoder.beginRenderPass({
        colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store', clearValue: orange }],
      }).end();
      device.queue.submit([encoder.finish()]);
      const copy = new OffscreenCanvas(1, 1).getContext('2d');
      copy.drawImage(canvas, 0, 0);
      globalThis.readBack = [...copy.getImageData(0, 0, 1, 1).data];
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));`,
      '<canvas width="320" height="240" style="display: block"></canvas>',
    );
    const page = await open(url);
    await done(page);
    const orange = [255, 153, 51, 255];
    expect(await page.evaluate('readBack')).toEqual(orange);
    const screen = PNG.sync.read(await page.screenshot());
    expect([screen.width, screen.height]).toEqual([320, 240]);
    for (const at of [0, 120 * 320 + 160, 240 * 320 - 1]) {
      expect([...screen.data.subarray(4 * at, 4 * at + 4)]).toEqual(orange);
    }
  });
});

describe('what a page complains of', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it.each([
    ['an error it logs', `console.error('out of paint');`, /^console error: out of paint/],
    ['a warning it logs', `console.warn('little paint');`, /^console warning: little paint/],
    [
      'an error nobody catches',
      `setTimeout(() => { throw new Error('spilt'); });`,
      /^uncaught: Error: spilt/,
    ],
    ['a promise nobody catches', `Promise.reject(new Error('broken'));`, /^uncaught: Error: broken/],
    ['a file that is not there', `await fetch('nowhere.png');`, /^console error: .*404 .*nowhere\.png/],
    [
      'a server that is not there',
      `await fetch('http://localhost:1/').catch(() => {});`,
      /^request: http:\/\/localhost:1/,
    ],
    [
      'a WebGPU error nobody catches',
      `const device = await (await navigator.gpu.requestAdapter()).requestDevice();
       device.createBuffer({ size: 4, usage: 0 });
       await device.queue.onSubmittedWorkDone();`,
      /^console warning: .*usage/i,
    ],
  ])('%s', async (name, script, complaint) => {
    const url = writePage(`${name.replaceAll(' ', '-')}.html`, script);
    const { page, complaints } = await openPage(browser, url);
    await done(page);
    await expect.poll(() => complaints).toContainEqual(expect.stringMatching(complaint));
    await page.context().close();
  });

  it('but not what the test tolerates, or nothing at all', async () => {
    const url = writePage(
      'fine.html',
      `console.log('paint'); console.warn('slow paint'); globalThis.ready = true;`,
    );
    const { page, complaints } = await openPage(browser, url, { tolerate: [/^slow/] });
    await done(page);
    expect(await page.evaluate('ready')).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
