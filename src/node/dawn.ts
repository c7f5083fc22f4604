import { create } from 'webgpu';
import { UserError } from '../errors.js';
import { makePatient } from './patience.js';
import { makeQuiet } from './quiet.js';

/** How to open Dawn, Chromium's WebGPU, in this process. */
export interface DawnOptions {
  /** The name of an adapter as `listAdapters` gives it, or a part of it; omitted, Dawn chooses. */
  adapter?: string | undefined;
  /** "vulkan", "metal", "d3d12", …; omitted, the system's own. */
  backend?: string | undefined;
  /** Dawn toggles to switch on or off, by the names of Dawn's Toggles.cpp. */
  enable?: readonly string[];
  disable?: readonly string[];
}

/** WebGPU in Node. */
export interface Dawn {
  readonly gpu: GPU;
  /** Lets go of Dawn, so that it can be collected. Destroy every device made from `gpu` before. Idempotent. */
  close(): void;
}

/**
 * Dawn crashes if the object that owns it is collected while one of its devices lives, and a device does not
 * keep that object alive by itself.
 */
const open = new Set<GPU>();

// By default Dawn rounds GPU timestamps to 65.5 µs, longer than many a kernel takes.
const ALWAYS_DISABLED = ['timestamp_quantization'];

/** What to do where there is no adapter, as the end of a sentence. */
export const ADAPTER_ADVICE =
  "install the driver of your GPU, or Mesa's software one (on most Linux systems the package mesa-vulkan-drivers, which " +
  'npm run setup installs in a clone of Scumble)';

/** Dawn's options as `create` of the package `webgpu` wants them. */
function dawnFlags({ adapter, backend, enable = [], disable = [] }: DawnOptions): string[] {
  const flags = [`disable-dawn-features=${[...ALWAYS_DISABLED, ...disable].join(',')}`];
  if (enable.length > 0) flags.push(`enable-dawn-features=${enable.join(',')}`);
  if (adapter !== undefined) flags.push(`adapter=${adapter}`);
  if (backend !== undefined) flags.push(`backend=${backend}`);
  return flags;
}

/** Makes a Dawn and has it look for adapters. Throws what Dawn throws for an adapter or backend that it does not know. */
export async function startDawn(options: DawnOptions): Promise<{ gpu: GPU; adapter: GPUAdapter | null }> {
  const gpu = create(dawnFlags(options));
  makeQuiet(gpu);
  makePatient(gpu);
  return { gpu, adapter: await gpu.requestAdapter() };
}

/**
 * Opens WebGPU in Node without touching any global: GPUBufferUsage and its like are not defined. The process
 * exits by itself when its work is done, whether or not `close` was called.
 *
 * @throws UserError if there is no adapter, or none of the name asked for.
 */
export async function openDawn(options: DawnOptions = {}): Promise<Dawn> {
  let gpu: GPU;
  let adapter: GPUAdapter | null;
  try {
    ({ gpu, adapter } = await startDawn(options));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const available = adaptersNamedIn(said).map(({ name }) => `"${name}"`);
    if (available.length === 0) throw new UserError(`WebGPU could not be started: ${inOneLine(said)}.`);
    throw new UserError(
      `There is no adapter named "${options.adapter ?? ''}"; this machine has ${available.join(', ')}.`,
    );
  }
  if (!adapter) {
    throw new UserError(`No WebGPU adapter was found on this machine; ${ADAPTER_ADVICE}.`);
  }
  open.add(gpu);
  return { gpu, close: () => void open.delete(gpu) };
}

function inOneLine(text: string): string {
  return text
    .trim()
    .replace(/\.$/, '')
    .replace(/\s*\n\s*/g, '; ');
}

/**
 * Reads the list of adapters out of the error Dawn gives for an adapter it does not know, the only place where
 * it tells all it has: lines like " * backend: 'vulkan', name: 'NVIDIA H200'".
 */
export function adaptersNamedIn(message: string): { backend: string; name: string }[] {
  return [...message.matchAll(/^\s*\*\s*backend:\s*'([^']*)',\s*name:\s*'(.*)'\s*$/gm)].map(
    ([, backend = '', name = '']) => ({ backend, name }),
  );
}
