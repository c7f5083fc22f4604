import { existsSync } from 'node:fs';
import { findBrowser } from '../../scripts/setup/browser.mjs';

/** The executable of the browser that tests run in. */
export function browserPath(): string {
  const path = findBrowser();
  if (path && existsSync(path)) return path;
  throw new Error('There is no browser to run tests in: node scripts/setup.mjs --browser says what to do.');
}
