/** What the page found out about the GPU before anything was asked of it. */
export interface Support {
  /** Why nothing can be painted here; absent where it can. */
  problem?: string;
  /** The adapter's name, where the browser gives it. */
  name?: string;
  /** What size suits it, in pixels. */
  size: number;
}

/** Looks whether this browser can do it. */
export async function findSupport(): Promise<Support> {
  const size = 512;
  if (!isSecureContext) {
    const problem =
      'Browsers give WebGPU only to pages that came over https or from this machine (localhost).';
    return { problem, size };
  }
  // Absent in browsers without it, whatever the types say.
  const gpu = navigator.gpu as GPU | undefined;
  if (!gpu)
    return { problem: 'It is the part of a browser that computes on the GPU, and this one lacks it.', size };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return { problem: 'This browser has it, but found no GPU that it can use with it.', size };
  const { description, device, architecture, vendor, isFallbackAdapter } = adapter.info;
  const name = description || device || [vendor, architecture].filter(Boolean).join(' ');
  // A processor in place of a GPU takes a hundred times as long.
  const software = isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(`${name} ${architecture}`);
  return {
    name: software ? `${name}, which is no GPU but software: expect patience` : name,
    size: software ? 128 : size,
  };
}
