/** @file What `webgpu.ts` is to tests that run in a browser: vitest.config.ts puts this file in its place there. */
declare const navigator: { readonly gpu?: GPU };

/** SwiftShader is the adapter there, which takes minutes for what Mesa does in seconds. */
export const inBrowser: boolean = true;

export async function openWebGpu(): Promise<{ gpu: GPU; close(): void }> {
  const { gpu } = navigator;
  if (!gpu) throw new Error('This browser has no WebGPU.');
  return { gpu, close: () => {} };
}
