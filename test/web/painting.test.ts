/** The page paints: its canvas against the same job in Node, and everything that can be done with a run. */
import { readFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import type { Page, Route } from 'playwright';
import { describe, expect, it } from 'vitest';
import { shrink } from '../../demo/paint/canvas.js';
import { readJpeg } from '../../demo/paint/jpeg.js';
import { createEngine } from '../../src/index.js';
import type { Pixels8 } from '../../src/image/pixels.js';
import { openDawn } from '../../src/node/dawn.js';
import { alert, choose, evaluated, EVALUATIONS, pngFile, reach, seen, slide, useStudio } from './page.js';

const SIDE = 64;
const open = useStudio();

/** A picture of demo/, scaled down to a PNG's bytes: decoders of JPEG may differ, those of PNG may not. */
function picture(name: string): Pixels8 {
  const small = shrink(readJpeg(new URL(`../../demo/${name}`, import.meta.url)), SIDE, SIDE);
  const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  for (let p = 0; p < SIDE * SIDE; p++) {
    for (let c = 0; c < 3; c++) data[4 * p + c] = 255 * small.data[3 * p + c]!;
  }
  return { width: SIDE, height: SIDE, data };
}
const content = picture('content.jpg');
const style = picture('style.jpg');
const files = [pngFile('content.png', content), pngFile('style.png', style)] as const;

/** The same job by the library, on the adapter that Node has. */
async function paintedInNode(evaluations: number): Promise<Uint8ClampedArray> {
  const dawn = await openDawn();
  const engine = await createEngine({ gpu: dawn.gpu, tuning: false });
  try {
    const bytes = await readFile(new URL('../../weights/embedded.safetensors', import.meta.url));
    const filters = await engine.loadFilters(new Uint8Array(bytes));
    const job = await engine.stylize({ content, style, filters, evaluations });
    await job.advance({ evaluations });
    return (await job.pixels()).data;
  } finally {
    engine.dispose();
    dawn.close();
  }
}

async function paint(page: Page, evaluations: number): Promise<void> {
  await choose(page, ...files);
  await slide(page, 'size', SIDE);
  await slide(page, 'evaluations', evaluations);
  await page.click('#primary');
}

const evaluation = async (page: Page) => Number(await page.textContent('#evaluation'));

describe('a picture', () => {
  it('comes out as in Node, is what is downloaded, and can be laid bare to the content', async () => {
    const page = await open();
    await paint(page, EVALUATIONS.five);
    await reach(page, 'done');
    const shown = await seen(page, SIDE, SIDE);
    const expected = await paintedInNode(5);

    // Two GPUs round float32 sums differently, by some 1e-6 of a gradient, and five evaluations of L-BFGS leave of that at
    // most some 1e-5 of a colour's range. Bytes are then equal, but where a colour lies so near to the border between two:
    // those are one step apart, 255 · 1e-5 of all bytes at most.
    const apart = differences(shown, expected);
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    expect(apart.filter((d) => d > 0).length / apart.length).toBeLessThan(255e-5);
    // And it is a painting, not the content.
    const moved = differences(shown, content.data);
    expect(moved.reduce((a, b) => a + b) / moved.length).toBeGreaterThan(4);

    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    expect(download.suggestedFilename()).toBe('scumble.png');
    const saved = PNG.sync.read(await readFile(await download.path()));
    expect([saved.width, saved.height]).toEqual([SIDE, SIDE]);
    expect(differences(saved.data, shown).filter((d) => d > 0)).toEqual([]);

    await slide(page, 'compare', 100);
    const bare = await seen(page, SIDE, SIDE);
    // The browser draws the PNG itself: an image of the frame's own size, so byte for byte.
    expect(differences(bare, content.data).filter((d) => d > 0)).toEqual([]);
    expect(differences(bare, shown).some((d) => d > 0)).toBe(true);
  });

  it('waits, goes on, stops, and can be painted on from', async () => {
    const page = await open();
    await paint(page, EVALUATIONS.three_hundred);
    await reach(page, 'painting');
    await evaluated(page, 3);
    await page.click('#primary');
    await reach(page, 'paused');
    // What was queued before is done soon; from then on nothing happens.
    await page.waitForTimeout(1500);
    const paused = await evaluation(page);
    const still = await seen(page, SIDE, SIDE);
    await page.waitForTimeout(1500);
    expect(await evaluation(page)).toBe(paused);

    await page.click('#primary');
    await evaluated(page, paused + 2);
    await page.click('#stop');
    await reach(page, 'done');
    expect(await page.textContent('#status')).toMatch(/^Stopped after \d+ evaluations in /);
    const kept = await seen(page, SIDE, SIDE);
    expect(differences(kept, still).some((d) => d > 0)).toBe(true);
    const [first] = await losses(page);

    await slide(page, 'evaluations', EVALUATIONS.two);
    await page.click('#again');
    await reach(page, 'painting');
    await reach(page, 'done');
    // It began where the other ended, and not at the content.
    const [again] = await losses(page);
    expect(again!).toBeLessThan(first! * 0.9);
  });
});

it('fetches the layers of VGG-19 that it needs, once', async () => {
  const page = await open();
  // In place of Hugging Face: a file of the same layout, the embedded network's.
  const file = await readFile(new URL('../../weights/embedded.safetensors', import.meta.url));
  const asked: string[] = [];
  const serve = async (route: Route) => {
    const request = route.request();
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*',
      'access-control-expose-headers': '*',
    };
    const [, first, last] = /bytes=(\d+)-(\d*)/.exec((await request.headerValue('range')) ?? '') ?? [];
    if (request.method() !== 'GET' || first === undefined)
      return route.fulfill({ status: 204, headers: cors });
    asked.push(`${first}-${last}`);
    const end = Math.min(last ? Number(last) : Infinity, file.length - 1);
    return route.fulfill({
      status: 206,
      headers: {
        ...cors,
        etag: '"one"',
        'content-range': `bytes ${first}-${end}/${file.length}`,
      },
      body: file.subarray(Number(first), end + 1),
    });
  };
  await page.route('https://huggingface.co/**', serve);
  await page.check('input[name=network][value=vgg19]');
  await paint(page, EVALUATIONS.two);
  await reach(page, 'done');
  expect(asked.length).toBeGreaterThan(0);

  const before = asked.length;
  await page.reload();
  await page.waitForSelector('#style .well img[src]');
  expect(await page.isChecked('input[name=network][value=vgg19]')).toBe(true);
  await paint(page, EVALUATIONS.two);
  await reach(page, 'done');
  expect(asked.length).toBe(before);
});

describe('what goes wrong is told in a sentence', () => {
  it('a file that is no picture, and the picture before it stays', async () => {
    const page = await open();
    const broken = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') };
    await page.setInputFiles('#content input[type=file]', broken);
    expect(await alert(page)).toMatch(
      /^broken\.png is no picture that this browser can read; choose a .+\.$/,
    );
    expect(await page.getAttribute('#content .well', 'aria-label')).toContain('Boats at Nagasaki');
  });

  it('no file of weights, a wrong one, and layers that the network has not', async () => {
    const page = await open();
    await slide(page, 'size', SIDE);
    await page.click('text=A file of it');
    await page.click('#primary');
    expect(await alert(page)).toMatch(/^Choose a file of VGG-19’s weights first/);

    const wrong = { name: 'notes.pth', mimeType: '', buffer: Buffer.from('not weights, but a few words') };
    await page.setInputFiles('#weights-file', wrong);
    await page.click('#primary');
    await expect.poll(() => alert(page)).toMatch(/^notes\.pth is .+\.$/);

    await page.click('text=Scumble’s own');
    await page.click('summary');
    await page.click('text=Gatys');
    await page.click('#primary');
    await expect
      .poll(() => alert(page))
      .toMatch(/^Scumble’s own network ends at conv3_1 and has no relu4_2; .+\.$/);
  });

  it('a size that this GPU cannot hold', async () => {
    // As on a GPU with no more than WebGPU promises.
    const page = await open({
      before: `{
        const request = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = function (descriptor) {
          return request.call(this, { ...descriptor, requiredLimits: {} });
        };
      }`,
    });
    await slide(page, 'size', 1024);
    await page.click('#primary');
    expect(await alert(page)).toMatch(/128\.?\d* MiB.*; choose a smaller size/);
    expect(await page.textContent('#primary')).toBe('Paint');
  });

  it('a lost GPU, and "Start again" does', async () => {
    const page = await open({
      before: `{
        const request = GPUAdapter.prototype.requestDevice;
        GPUAdapter.prototype.requestDevice = async function (descriptor) {
          return (globalThis.lastDevice = await request.call(this, descriptor));
        };
      }`,
    });
    await paint(page, EVALUATIONS.three_hundred);
    await reach(page, 'painting');
    await evaluated(page, 1);
    await page.evaluate('lastDevice.destroy()');
    expect(await alert(page)).toMatch(/^The GPU was lost/);
    await slide(page, 'evaluations', EVALUATIONS.two);
    await page.click('#alert button');
    await reach(page, 'done');
    expect(await page.textContent('#status')).toMatch(/^Finished: 2 evaluations/);

    // Lost when all is done, the picture is there still.
    const before = await seen(page, SIDE, SIDE);
    await page.evaluate('lastDevice.destroy()');
    await page.waitForFunction(`document.getElementById('canvas').dataset.kept === 'true'`);
    expect(differences(await seen(page, SIDE, SIDE), before).filter((d) => d > 0)).toEqual([]);
  });
});

/** |a − b| of all bytes. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, i) => Math.abs(value - b[i]!));
}

/** The first and the last total loss, as the curve's words tell them. */
async function losses(page: Page): Promise<number[]> {
  const words = await page.getAttribute('#curves', 'aria-label');
  return [...words!.matchAll(/([\d.e-]+) at/g)].map(([, number]) => Number(number));
}
