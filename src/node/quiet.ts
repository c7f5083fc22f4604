import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

const STDERR = 2;

interface Descriptors {
  dup(descriptor: number): number;
  dup2(from: number, to: number): number;
  close(descriptor: number): number;
}

/** The C library's own calls, since Node has none that point an open descriptor elsewhere. */
function descriptors(): Descriptors | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const libc = koffi.load(null);
    return {
      dup: libc.func('int dup(int)'),
      dup2: libc.func('int dup2(int, int)'),
      close: libc.func('int close(int)'),
    };
  } catch {
    // Silence is not worth failing for.
    return undefined;
  }
}

let calls: Descriptors | undefined;

/**
 * Calls `work` with the process's stderr pointed at nothing while it runs, so that what native code prints is
 * lost. Only the synchronous part is covered: stderr is back when this returns. Set SCUMBLE_DEBUG to see all.
 *
 * Dawn writes warnings about a driver's limits, and Mesa remarks about its own conformance and its cache, straight to
 * descriptor 2, and neither has a switch for that.
 */
function withoutStderr<T>(work: () => T): T {
  const restore = process.env['SCUMBLE_DEBUG'] ? undefined : silenceStderr();
  try {
    return work();
  } finally {
    restore?.();
  }
}

/**
 * Makes all asking for adapters and devices of this entry point print nothing. The objects themselves are changed, no
 * prototype. Drivers are loaded while an adapter is looked for, and their caches opened while a device is made; both are
 * done before the promise is returned.
 */
export function makeQuiet(gpu: GPU): void {
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const adapter = await withoutStderr(() => requestAdapter(options));
    if (!adapter) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = (descriptor) => withoutStderr(() => requestDevice(descriptor));
    return adapter;
  };
}

/** Points stderr at nothing; the function returned puts it back. Undefined where that cannot be done. */
function silenceStderr(): (() => void) | undefined {
  calls ??= descriptors();
  if (!calls) return undefined;
  const { dup, dup2, close } = calls;
  const saved = dup(STDERR);
  if (saved < 0) return undefined;
  try {
    const nothing = openSync('/dev/null', 'w');
    dup2(nothing, STDERR);
    closeSync(nothing);
  } catch {
    close(saved);
    return undefined;
  }
  return () => {
    dup2(saved, STDERR);
    close(saved);
  };
}
