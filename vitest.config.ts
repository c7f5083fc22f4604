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

export default defineConfig({
  test: {
    globalSetup: ['test/setup/global.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One file at a time, since every software adapter already takes all the cores there are.
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
          sequence: { groupOrder: 0 },
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
          sequence: { groupOrder: 1 },
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
