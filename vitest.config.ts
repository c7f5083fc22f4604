import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserFlags, findBrowser } from './scripts/setup/browser.mjs';

/** What also runs in a browser, from the same files: nothing there may need Node, or minutes. */
const inBrowser = [
  ...['kernels', 'autodiff', 'lbfgs'].map((folder) => `test/${folder}/**/*.test.ts`),
  'test/gpu/texels.test.ts',
  'test/pytorch/seed-program.test.ts',
];

// Any group but 0, where Vitest would run every file by itself.
const TOGETHER = { groupOrder: 1 };

export default defineConfig({
  test: {
    globalSetup: ['test/setup/global.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two files at a time, one in Node and one in the browser: software adapters do their work on all the cores there are,
    // but compile shaders on one.
    fileParallelism: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          setupFiles: ['test/setup/matchers.ts'],
          // Dawn lives in the process that loaded it: one process for a file.
          pool: 'forks',
          sequence: TOGETHER,
        },
      },
      {
        extends: true,
        resolve: {
          alias: [
            {
              find: './webgpu.js',
              replacement: fileURLToPath(new URL('test/support/webgpu-browser.ts', import.meta.url)),
            },
          ],
        },
        test: {
          name: 'chromium',
          include: inBrowser,
          globalSetup: ['test/setup/browser.ts'],
          setupFiles: ['test/setup/matchers.ts'],
          sequence: TOGETHER,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findBrowser(), args: browserFlags() },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
