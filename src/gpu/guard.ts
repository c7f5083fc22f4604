import { GpuError, OutOfMemoryError, ValidationError } from './errors.js';

/** From the outermost scope in. */
const FILTERS: readonly GPUErrorFilter[] = ['internal', 'out-of-memory', 'validation'];

/** What came of guarded work. */
export interface Guarded<T> {
  value: T;
  /** What the device refused, known some time after; never rejects. */
  refused: Promise<GpuError | undefined>;
}

/**
 * Runs `body` between error scopes of the device. Error scopes are one stack for everybody who uses a device, so nothing
 * is waited for between their beginning and their end, and a caller's own scopes never come in between.
 *
 * @param operation names the work in errors.
 */
export function guard<T>(device: GPUDevice, operation: string, body: () => T): Guarded<T> {
  for (const filter of FILTERS) device.pushErrorScope(filter);
  const pop = () => FILTERS.map(() => device.popErrorScope());
  let value: T;
  try {
    value = body();
  } catch (error) {
    // What a body that throws left in them is no news beside what it threw.
    for (const scope of pop()) scope.catch(() => undefined);
    throw error;
  }
  return { value, refused: firstOf(operation, pop()) };
}

/** The error to tell of those that the scopes caught, the innermost first: of a full memory all else may follow. */
async function firstOf(
  operation: string,
  popped: readonly Promise<GPUError | null>[],
): Promise<GpuError | undefined> {
  // On a device that is lost, scopes may have nothing to tell; that it is lost is told elsewhere.
  const settled = await Promise.allSettled(popped);
  const [invalid, exhausted, internal] = settled.map((scope) =>
    scope.status === 'fulfilled' ? scope.value : null,
  );
  if (exhausted) return new OutOfMemoryError(operation, exhausted.message);
  if (invalid) return new ValidationError(operation, invalid.message);
  if (internal) return new GpuError(operation, 'internal', internal.message);
  return undefined;
}
