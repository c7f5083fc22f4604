/** @file What `webgpu.ts` is to tests that run in a browser: vitest.config.ts puts this file in its place there. */
declare const navigator: { readonly gpu?: GPU };

export async function openWebGpu(): Promise<{ gpu: GPU; close(): void }> {
  const { gpu } = navigator;
  if (!gpu) throw new Error('This browser has no WebGPU.');
  return { gpu, close: () => {} };
}
