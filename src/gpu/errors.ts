import { UserError } from '../errors.js';

/** A call that breaks a kernel's or the recorder's contract: wrong shape, wrong dtype, write to a constant. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** What WebGPU may refuse a thing for. */
export type GpuErrorKind = 'validation' | 'out-of-memory' | 'internal' | 'compilation' | 'device-lost';

/**
 * WebGPU refused something that we asked of it. `operation` names what we were doing; `kind` says why, and so do the
 * subclasses.
 */
export class GpuError extends Error {
  override readonly name: string = 'GpuError';

  constructor(
    readonly operation: string,
    readonly kind: GpuErrorKind,
    detail: string,
  ) {
    super(`${operation}: ${detail}`);
  }

  /** Whether the device works on, so that other work, or the same with less memory, can be tried on it. */
  get canContinue(): boolean {
    return this.kind !== 'device-lost';
  }
}

/** The error of whoever goes on with what its owner has disposed of, before or meanwhile. */
export function disposedError(operation: string, what: 'engine' | 'job' = 'engine'): GpuError {
  return new GpuError(operation, 'internal', `the ${what} has been disposed of.`);
}

/** A call that WebGPU's rules forbid: a buffer that was destroyed meanwhile, a usage that is missing. */
export class ValidationError extends GpuError {
  override readonly name = 'ValidationError';

  constructor(operation: string, detail: string) {
    super(operation, 'validation', detail);
  }
}

/** The GPU's memory is full. What was being made has been freed; the device works on. */
export class OutOfMemoryError extends GpuError {
  override readonly name = 'OutOfMemoryError';

  constructor(operation: string, detail: string) {
    super(operation, 'out-of-memory', detail);
  }
}

/** A shader that the driver or the compiler refuses, with its messages. */
export class CompilationError extends GpuError {
  override readonly name = 'CompilationError';

  constructor(operation: string, detail: string) {
    super(operation, 'compilation', detail);
  }
}

/** The device is gone, with all that was on it; nothing goes on but with another device. */
export class DeviceLostError extends GpuError {
  override readonly name = 'DeviceLostError';

  constructor(
    operation: string,
    detail: string,
    /** WebGPU's reason: 'destroyed' where somebody called `device.destroy()`, else 'unknown'. */
    readonly reason: GPUDeviceLostReason = 'unknown',
  ) {
    super(operation, 'device-lost', detail);
  }
}

/** The adapter or device cannot do what the job needs; the message says which limit and by how much. */
export class LimitError extends UserError {
  override readonly name = 'LimitError';
}

/** Throws a ShapeError unless `condition` holds. The message should name the operation and the fix. */
export function requireShape(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new ShapeError(message());
}
