/** What we know of the adapter behind a device. */
export interface AdapterFacts {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** True when the "GPU" is the processor: Mesa's llvmpipe/lavapipe, SwiftShader, Microsoft's WARP. */
  software: boolean;
}

/** Reads a GPUAdapterInfo, telling software adapters by their names since few report themselves as fallback. */
export function adapterFacts(info: GPUAdapterInfo | undefined): AdapterFacts {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  const names = `${vendor} ${architecture} ${device} ${description}`;
  const software =
    info?.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|basic render|\bwarp\b/i.test(names);
  return { vendor, architecture, device, description, software };
}
