/** The module whose `openWeights` is examined; a test puts others in its place. */
export const READER = new URL('../src/vgg/open-weights.ts', import.meta.url).href;
