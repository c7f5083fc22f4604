/** The page itself: who can use it, on what, and what it remembers. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { alert, evaluated, EVALUATIONS, reach, slide, useStudio } from './page.js';

const open = useStudio();
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds against WCAG 2.2 AA and its own best practices: each rule, and the places that break it. */
async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
}

/** By how many pixels the page is wider than its window. */
const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

async function paintLittle(page: Page): Promise<void> {
  await slide(page, 'size', 64);
  await slide(page, 'evaluations', EVALUATIONS.two);
  await page.click('#primary');
  await reach(page, 'done');
}

describe('anybody can use it', () => {
  it('axe-core finds nothing, on a phone and light', async () => {
    const page = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'light' });
    expect(await violations(page)).toEqual([]);
    await page.click('summary');
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await paintLittle(page);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    // The buttons are in sight wherever one is on the page.
    for (const y of [0, 99_999]) {
      await page.evaluate(`window.scrollTo(0, ${y})`);
      const box = await page.locator('#download').boundingBox();
      expect(box!.y).toBeGreaterThan(0);
      expect(box!.y + box!.height).toBeLessThanOrEqual(740);
      expect(box!.x + box!.width).toBeLessThanOrEqual(360);
    }
  });

  it('axe-core finds nothing, on a desk and dark', async () => {
    const page = await open({ colorScheme: 'dark' });
    await page.click('summary');
    await page.click('text=A file of it');
    await page.click('#primary');
    await alert(page);
    expect(await violations(page)).toEqual([]);
    await page.click('text=Scumble’s own');
    await slide(page, 'size', 64);
    await slide(page, 'evaluations', EVALUATIONS.three_hundred);
    await page.click('#primary');
    await reach(page, 'painting');
    expect(await violations(page)).toEqual([]);
    await evaluated(page, 1);
    await page.click('#stop');
    await reach(page, 'done');
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });

  it('with the keyboard alone', async () => {
    const page = await open();
    await slide(page, 'size', 64);
    const order = [];
    // From the top through everything, and what has the focus can be seen to have it.
    for (let presses = 0; presses < 40 && order.at(-1) !== 'primary'; presses++) {
      await page.keyboard.press('Tab');
      const [name, outline] = (await page.evaluate(`{
        const at = document.activeElement;
        [at.id || at.name || at.title || at.textContent.trim(), getComputedStyle(at).outlineStyle];
      }`)) as [string, string];
      expect(outline, `the outline of ${name}`).toBe('solid');
      order.push(name);
    }
    expect(order.map((name) => name.split('\n')[0])).toEqual([
      'Drop or choose',
      'Boats at Nagasaki',
      'Acanthus',
      'Alps',
      'Use the camera',
      'Drop or choose',
      'Windy night',
      'Printed waves',
      'Stained glass',
      'size',
      'evaluations',
      'styleWeight',
      'network',
      'Layers, and where to start',
      'primary',
    ]);
    // Another style by its button, and back to where painting begins.
    await page.focus('#style .examples button:nth-child(2)');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#style .well[aria-label*="Printed waves"]');
    await page.focus('#primary');
    await page.keyboard.press('Enter');
    await reach(page, 'painting');
    await page.keyboard.press('Enter');
    await reach(page, 'paused');
    expect(await page.textContent('#status')).toBe('Paused.');
    await page.keyboard.press('Space');
    await reach(page, 'painting');
    await evaluated(page, 1);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('stop');
    await page.keyboard.press('Enter');
    await reach(page, 'done');
    // The button pressed is gone; the focus is not.
    expect(await page.evaluate('document.activeElement.id')).toBe('primary');
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('compare');
    await page.keyboard.press('PageUp');
    expect(await page.getAttribute('#compare', 'aria-valuetext')).toBe('10 % content, 90 % painting');
  });

  it('with reduced motion nothing moves by itself', async () => {
    const page = await open({ reducedMotion: 'reduce' });
    expect(
      await page.evaluate(
        `getComputedStyle(document.getElementById('progress'), '::after').transitionDuration`,
      ),
    ).toBe('0s');
  });
});

describe('where it cannot work it says why, and what to do', () => {
  const hidden = `Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined });`;
  const none = `GPU.prototype.requestAdapter = async () => null;`;
  it.each([
    ['no WebGPU', hidden, /^It is the part of a browser that computes on the GPU, and this one lacks it\.$/],
    ['no GPU', none, /found no GPU/],
  ])('%s', async (_, before, why) => {
    const page = await open({ before, viewport: { width: 360, height: 740 } });
    await reach(page, 'unsupported');
    expect(await page.textContent('#unsupported-why')).toMatch(why);
    const advice = await page.innerText('#unsupported');
    for (const name of [
      'Chrome',
      'Edge',
      'Safari',
      'Firefox',
      'chrome://flags/#enable-unsafe-webgpu',
      'chrome://gpu',
    ])
      expect(advice).toContain(name);
    expect(await page.locator('#primary').isVisible()).toBe(false);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});

describe('pictures come in', () => {
  /** A file in the page: a PNG of one colour. */
  const file = `const canvas = new OffscreenCanvas(40, 30);
    canvas.getContext('2d').fillRect(0, 0, 40, 30);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await canvas.convertToBlob()], 'held.png', { type: 'image/png' }));`;
  const has = (page: Page, id: string, name: string) =>
    page.waitForSelector(`#${id} .well[aria-label*="${name}"]`);

  it('by dropping', async () => {
    const page = await open();
    await page.evaluate(`(async () => { ${file}
      const drop = (type) => document.querySelector('#style .well')
        .dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      drop('dragover');
      globalThis.lit = document.querySelector('#style .well').classList.contains('over');
      drop('drop'); })()`);
    await has(page, 'style', 'held.png');
    expect(await page.evaluate('lit')).toBe(true);
    expect(await page.getAttribute('#content .well', 'aria-label')).toContain('Boats');
  });

  it('by pasting, where the focus is, else as content', async () => {
    const page = await open();
    const paste = `(async () => { ${file}
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, cancelable: true })); })()`;
    await page.evaluate(paste);
    await has(page, 'content', 'held.png');
    expect(await page.getAttribute('#style .well', 'aria-label')).toContain('Windy night');
    await page.focus('#style .well');
    await page.evaluate(paste);
    await has(page, 'style', 'held.png');
  });

  it('from a camera', async () => {
    const page = await open({
      before: `navigator.mediaDevices.getUserMedia = async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 24 });
        const context = canvas.getContext('2d');
        const paint = () => { context.fillStyle = 'rgb(200, 40, 40)'; context.fillRect(0, 0, 32, 24); };
        paint();
        setInterval(paint, 50);
        return (globalThis.stream = canvas.captureStream(20));
      };`,
    });
    await page.click('text=Use the camera');
    await page.waitForFunction(`document.getElementById('camera-video').videoWidth === 32`);
    expect(await violations(page)).toEqual([]);
    await page.click('#camera-take');
    await has(page, 'content', 'camera');
    const size = `[document.querySelector('#content img').naturalWidth, document.querySelector('#content img').naturalHeight]`;
    expect(await page.evaluate(size)).toEqual([32, 24]);
    expect(await page.evaluate('stream.getTracks().every(({ readyState }) => readyState === "ended")')).toBe(
      true,
    );
  });

  it('not from a camera that is not there, or not allowed', async () => {
    const refuse = (name: string) =>
      `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '${name}'); };`;
    const without = await open({ before: refuse('NotFoundError') });
    await without.click('text=Use the camera');
    expect(await alert(without)).toBe('No camera was found; connect one, or choose a file.');
    const refused = await open({ before: refuse('NotAllowedError') });
    await refused.click('text=Use the camera');
    expect(await alert(refused)).toMatch(/^This page may not use the camera; allow it .+\.$/);
  });
});

it('settings are there again after a reload', async () => {
  const page = await open();
  await page.click('summary');
  await slide(page, 'size', 96);
  await slide(page, 'styleWeight', 4);
  await page.click('text=Noise');
  await page.check('input[name=style-layers][value=conv3_1]', { force: true });
  await page.uncheck('input[name=style-layers][value=conv1_2]', { force: true });
  await page.selectOption('#content-layers select', 'relu');
  await page.reload();
  await page.waitForSelector('#style .well img[src]');
  expect(await page.textContent('#size-text')).toBe('96 pixels on the shorter side');
  expect(await page.textContent('#styleWeight-text')).toBe('10,000');
  expect(await page.isChecked('input[name=start][value=noise]')).toBe(true);
  expect(await page.isChecked('input[name=layers][value=custom]')).toBe(true);
  const layers = (id: string) =>
    page.evaluate(`[...document.querySelectorAll('#${id} input:checked')].map(({ value }) => value)`);
  expect(await layers('style-layers')).toEqual(['conv1_1', 'conv2_1', 'conv2_2', 'conv3_1']);
  expect(await layers('content-layers')).toEqual(['relu2_2']);
});
