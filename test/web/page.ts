import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { PNG } from 'pngjs';
import { build } from 'vite';
import { afterAll } from 'vitest';
import type { Pixels8 } from '../../src/image/pixels.js';
import { type PageOptions, useBrowser } from '../browser/browser.js';
import { useFolder } from '../browser/serve.js';

export type Phase = 'idle' | 'preparing' | 'painting' | 'paused' | 'done' | 'unsupported';

/**
 * The page, built as for a static host and served, for a test file. Call at the top level.
 *
 * @returns what opens it; with `before`, a script that runs in the page ahead of its own.
 */
export function useStudio(): (options?: PageOptions & { before?: string }) => Promise<Page> {
  let folder: string | undefined;
  const site = useFolder(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scumble-web-'));
    await build({
      configFile: fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url)),
      // In a folder below the root of its host, as a page of a project would be.
      build: { outDir: join(folder, 'studio') },
      logLevel: 'error',
    });
    return folder;
  });
  const open = useBrowser({ viewport: { width: 1280, height: 800 } });
  afterAll(async () => folder && rm(folder, { recursive: true }));
  return async ({ before, ...options } = {}) => {
    // What is measured once holds for the next test: which kernels are chosen is not what is tested here.
    const storageState = measured && {
      cookies: [],
      origins: [{ origin: new URL(site()).origin, localStorage: [{ name: MEASURED, value: measured }] }],
    };
    const page = await open('about:blank', { ...(storageState ? { storageState } : {}), ...options });
    if (before) await page.addInitScript(before);
    await page.goto(`${site()}studio/`);
    for (const id of ['content', 'style'])
      await page.waitForSelector(`#${id} .well img[src]`, { state: 'attached' });
    return page;
  };
}

const MEASURED = 'scumble.measured';
let measured: string | undefined;

/** Waits until the page has come so far; fails with what it complains of instead. */
export async function reach(page: Page, phase: Phase): Promise<void> {
  const state = `(document.body.dataset.phase === '${phase}' && 'reached') || document.querySelector('#alert').textContent`;
  const handle = await page.waitForFunction(state, undefined, { timeout: 60_000 });
  const found = String(await handle.jsonValue());
  if (found !== 'reached') throw new Error(`The page is not ${phase}, but says: ${found}`);
  measured ??= String(await page.evaluate(`localStorage.getItem('${MEASURED}') ?? ''`)) || undefined;
}

/** Waits for so many evaluations. */
export async function evaluated(page: Page, atLeast: number): Promise<void> {
  await page.waitForFunction(`Number(document.getElementById('evaluation').textContent) >= ${atLeast}`);
}

/** Moves a slider as a hand does. */
export async function slide(page: Page, name: string, value: number): Promise<void> {
  await page.evaluate(`{
    const input = document.getElementById('${name}');
    input.value = ${value};
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }`);
}

/** The place of so many evaluations on their slider. */
export const EVALUATIONS = { two: 1, five: 2, ten: 3, three_hundred: 12 };

/** Gives both pictures as files. */
export async function choose(page: Page, content: PictureFile, style: PictureFile): Promise<void> {
  for (const [id, file] of Object.entries({ content, style })) {
    await page.setInputFiles(`#${id} input[type=file]`, file);
    await page.waitForSelector(`#${id} .well[aria-label*="${file.name}"]`);
  }
}

export interface PictureFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export function pngFile(name: string, { width, height, data }: Pixels8): PictureFile {
  const png = new PNG({ width, height });
  png.data = Buffer.from(data);
  return { name, mimeType: 'image/png', buffer: PNG.sync.write(png) };
}

/**
 * What is seen of the canvas, pixel for pixel: the frame is given the picture's own size for as long.
 *
 * @returns RGBA bytes
 */
export async function seen(page: Page, width: number, height: number): Promise<Uint8Array> {
  const style = `#frame { width: ${width}px !important; aspect-ratio: auto; height: ${height}px; } .bar { display: none }
    #stage { display: block !important; position: fixed; inset: 8px; z-index: 9; }`;
  await page.addStyleTag({ content: style });
  const shot = PNG.sync.read(await page.locator('#canvas').screenshot());
  await page.evaluate('document.head.lastElementChild.remove()');
  if (shot.width !== width || shot.height !== height)
    throw new Error(`the canvas came out at ${shot.width}×${shot.height}`);
  return shot.data;
}

/** The sentence that tells of trouble, once there is one. */
export async function alert(page: Page): Promise<string> {
  const handle = await page.waitForFunction(`document.querySelector('#alert p')?.textContent`);
  return String(await handle.jsonValue());
}
