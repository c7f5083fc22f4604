import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type ConsoleMessage,
  type Page,
} from 'playwright';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { browserFlags } from '../../scripts/setup/browser.mjs';
import { browserPath } from '../support/browser-path.js';

/** Starts the browser that the set-up found, headless, with WebGPU and a profile of its own. Close it. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: browserPath(), args: browserFlags() });
}

export interface PageOptions extends BrowserContextOptions {
  /** What a page may log as a warning or an error without failing the test: whatever one of these matches. */
  tolerate?: readonly RegExp[];
}

/**
 * Opens `url` in a profile of its own, and gathers what goes wrong there from then on. Close the page's context.
 * Screenshots want a viewport of some hundred pixels: Chromium may wait for ever to take one of a tiny page.
 */
export async function openPage(
  browser: Browser,
  url: string,
  { tolerate = [], ...options }: PageOptions = {},
): Promise<{ page: Page; complaints: readonly string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const complain = (kind: string, text: string) => {
    if (!tolerate.some((pattern) => pattern.test(text))) complaints.push(`${kind}: ${text}`);
  };
  // Warnings count, since that is how Chromium logs WebGPU errors which nobody catches.
  const kinds: readonly string[] = ['error', 'warning', 'assert'] satisfies ReturnType<
    ConsoleMessage['type']
  >[];
  page.on('console', (message) => {
    if (!kinds.includes(message.type())) return;
    complain(`console ${message.type()}`, `${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complain('uncaught', error.stack ?? String(error)));
  page.on('requestfailed', (request) =>
    complain('request', `${request.url()} ${request.failure()?.errorText}`),
  );
  page.on('crash', () => complain('crash', url));
  await page.goto(url);
  return { page, complaints };
}

/**
 * A browser for a test file: started before its first test, closed after its last. Call at the top level. What comes back
 * opens a page during a test and closes it afterwards; the test fails if the page logged an error or a warning, threw, or
 * could not load something.
 *
 * ```ts
 * const site = useFolder('dist/web');
 * const open = useBrowser();
 * it('says hello', async () => {
 *   const page = await open(site());
 *   expect(await page.textContent('h1')).toBe('Hello');
 * });
 * ```
 */
export function useBrowser(
  defaults: PageOptions = {},
): (url: string, options?: PageOptions) => Promise<Page> {
  let browser: Browser | undefined;
  let opened: Awaited<ReturnType<typeof openPage>>[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    const watched = opened;
    opened = [];
    // Closing a page cuts off what it still loads, which is no complaint.
    const complaints = watched.flatMap((each) => [...each.complaints]);
    await Promise.all(watched.map(({ page }) => page.context().close()));
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
  });
  afterAll(() => browser?.close());
  return async (url, options) => {
    if (!browser) throw new Error('the browser is there only while tests run');
    const watched = await openPage(browser, url, { ...defaults, ...options });
    opened.push(watched);
    return watched.page;
  };
}
