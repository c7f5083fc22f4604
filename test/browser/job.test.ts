/** A job in a browser, from a bundle, beside the same job in Node: another adapter and other variants of the kernels. */
import { expect, it } from 'vitest';
import { useGpu } from '../support/gpu.js';
import { seededImage } from '../support/seeded.js';
import { useBrowser } from './browser.js';
import { useBundle } from './bundle.js';
import { EVALUATIONS, runSeededJob, SIDE, type SeededJobResult } from './seeded-job.js';

const gpu = useGpu();
const url = useBundle('test/browser/seeded-job-page.ts');
const open = useBrowser();

it('paints in Chromium what it paints in Node', async () => {
  const page = await open(url());
  const result = await page.waitForFunction('globalThis.result', undefined, { timeout: 60_000 });
  const inBrowser = (await result.jsonValue()) as SeededJobResult;
  const inNode = await runSeededJob(gpu());

  // One pass is within 1e-5 of PyTorch's float64 on every adapter, and the first few evaluations of this run within 1e-3
  // (test/pytorch, where PyTorch's own float32 is off by 2e-4): the loss falls a hundredfold, and errors with it do not.
  expect(inBrowser.losses).toHaveLength(EVALUATIONS);
  expect(inBrowser.losses.slice(0, 1)).toBeAllClose(inNode.losses.slice(0, 1), { relative: 2e-5 });
  expect(inBrowser.losses).toBeAllClose(inNode.losses, { relative: 2e-3 });

  // The gradient is within 1e-4 of PyTorch's, so that each move may differ by 2e-4 of its length between the two; all five
  // together, none longer than the way that the image has come, by five times that.
  const start = seededImage('content', SIDE, SIDE);
  const norm = (numbers: readonly number[]) => Math.sqrt(numbers.reduce((sum, n) => sum + n * n, 0));
  const way = norm(inNode.pixels.map((value, i) => value - start[i]!));
  const apart = norm(inNode.pixels.map((value, i) => value - inBrowser.pixels[i]!));
  expect(apart).toBeLessThan(5 * 2e-4 * way);
});
