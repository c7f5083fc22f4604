/** The example that paints inside the frame loop of three.js. */
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { useBrowser } from '../browser/browser.js';
import { useBundle } from '../browser/bundle.js';

const url = useBundle('examples/three/main.ts');
const open = useBrowser({ viewport: { width: 320, height: 320 } });
const SIDE = 32;
/** Of the canvas, 256 pixels wide, for each texel. */
const STEP = 8;

it('shows on a plane of three.js what the job has painted, and leaves the device to it', async () => {
  const page = await open(`${url()}?side=${SIDE}&evaluations=6`);
  const canvas = page.locator('canvas');
  /** The middle of each texel on the plane, RGB. */
  const shown = async () => {
    const { width, data } = PNG.sync.read(await canvas.screenshot());
    return Array.from({ length: SIDE * SIDE }, (_, i) => {
      const at = 4 * ((STEP * Math.floor(i / SIDE) + STEP / 2) * width + STEP * (i % SIDE) + STEP / 2);
      return [...data.subarray(at, at + 3)];
    }).flat();
  };
  await page.waitForFunction('globalThis.example?.job.progress.evaluations > 0', undefined, {
    timeout: 60_000,
  });
  const early = await shown();
  await page.waitForFunction('example.job.progress.end !== undefined', undefined, { timeout: 60_000 });
  const pixels = (await page.evaluate('example.job.pixels().then(({ data }) => [...data])')) as number[];
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const late = await shown();
  const painted = pixels.filter((_, i) => i % 4 !== 3);
  // Decoded and encoded again between texture and canvas: half a step of a byte may be lost.
  expect(late).toBeAllClose(painted, { absolute: 1 });
  expect(early).not.toEqual(late);
  expect(new Set(late).size).toBeGreaterThan(50);

  const state = await page.evaluate(`(async () => {
    const { engine, device } = example;
    engine.dispose();
    const frame = new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const lost = device.lost.then(() => 'lost');
    await Promise.race([frame, lost]);
    await device.queue.onSubmittedWorkDone();
    return Promise.race([lost, Promise.resolve('alive')]);
  })()`);
  expect(state).toBe('alive');
  expect(await shown()).toEqual(late);
});
