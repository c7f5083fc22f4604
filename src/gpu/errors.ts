import { UserError } from '../errors.js';

/** A call that breaks a kernel's or the recorder's contract: wrong shape, wrong dtype, write to a constant. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** WebGPU refused something we asked of it; `operation` names what we were doing. */
export class GpuError extends Error {
  override readonly name = 'GpuError';

  constructor(
    readonly operation: string,
    readonly kind: 'validation' | 'out-of-memory' | 'internal' | 'compilation' | 'device-lost',
    detail: string,
  ) {
    super(`${operation}: ${detail}`);
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
