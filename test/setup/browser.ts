import { browserPath } from '../support/browser-path.js';

/** Says that there is no browser, before anything fails for want of it. */
export default function setup(): void {
  browserPath();
}
