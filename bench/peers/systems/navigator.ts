import { create, globals } from 'webgpu';
import { adapterFacts } from '../../../src/gpu/facts.js';

/** Package `webgpu` crashes where this is collected while one of its devices lives. */
let kept: GPU | undefined;

/**
 * Gives this process the globals of a browser with WebGPU, as the libraries for browsers expect them, on the Dawn and
 * the adapter that Scumble uses.
 *
 * @param adapter a part of its name; without it, Dawn's own choice.
 * @returns what it is, and whether it is the processor.
 */
export async function provideNavigator(
  adapter: string | undefined,
): Promise<{ device: string; software: boolean }> {
  kept = create(adapter === undefined ? [] : [`adapter=${adapter}`]);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: kept, userAgent: 'node', language: 'en', hardwareConcurrency: 2 },
    configurable: true,
    writable: true,
  });
  const found = await kept.requestAdapter({ powerPreference: 'high-performance' });
  if (!found) throw new Error('WebGPU offers no adapter on this machine');
  const { device, description, software } = adapterFacts(found.info);
  return { device: `${device}, ${description}`, software };
}
