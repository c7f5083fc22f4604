/** What we know of the adapter behind a device. */
export interface AdapterFacts {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** True when the "GPU" is the processor: Mesa's llvmpipe/lavapipe, SwiftShader, Microsoft's WARP. */
  software: boolean;
  /** Lanes of a subgroup, where shaders may use subgroups and these are of one size; else undefined. */
  subgroupSize: number | undefined;
  /** Whether a shader has a texel faster than a vector of a buffer: on Mesa's processors (see texels.ts). */
  quickTexels: boolean;
}

/**
 * Reads a GPUAdapterInfo, telling software adapters by their names since few report themselves as fallback.
 *
 * @param features of the device, or of the adapter that it would come from.
 */
export function adapterFacts(
  info: GPUAdapterInfo | undefined,
  features: ReadonlySet<string> = new Set(),
): AdapterFacts {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  const names = `${vendor} ${architecture} ${device} ${description}`;
  const software =
    info?.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|basic render|\bwarp\b/i.test(names);
  const quickTexels = /llvmpipe|lavapipe/i.test(names);
  const { subgroupMinSize: least, subgroupMaxSize: most } = info ?? {};
  const subgroupSize = features.has('subgroups') && least === most ? most : undefined;
  return { vendor, architecture, device, description, software, subgroupSize, quickTexels };
}
