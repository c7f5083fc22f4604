/** @file WebGPU for tests that run in Node; in a browser, `webgpu-browser.ts` stands in for this file. */
export { openDawn as openWebGpu } from '../../src/node/dawn.js';

export const inBrowser: boolean = false;
