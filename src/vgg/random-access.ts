import { UserError } from '../errors.js';

/** A file, or anything like one, of which any part can be read without reading the rest. */
export interface RandomAccess {
  /** What errors call it: a path, a URL. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`; the caller may not write into them.
   * @throws UserError if they do not all lie within the file.
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Says that these bytes are going to be read, in parts. A file far away then fetches them in one journey. */
  announce?(offset: number, length: number): void;
}

/**
 * To be called by every implementation before it allocates or reads.
 * @throws UserError unless [offset, offset + length) lies within the file.
 */
export function checkRange(file: Pick<RandomAccess, 'name' | 'size'>, offset: number, length: number): void {
  const whole = [offset, length].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!whole || offset + length > file.size) {
    throw new UserError(
      `${file.name} is cut short or damaged: it has ${file.size} bytes but refers to bytes beyond them; ` +
        'get a fresh copy of the file.',
    );
  }
}

/** Bytes already in memory, not copied. */
export function memoryRandomAccess(name: string, bytes: Uint8Array<ArrayBuffer>): RandomAccess {
  return {
    name,
    size: bytes.length,
    // An async function, so that a bad range rejects as it does everywhere else instead of throwing at once.
    read: async (offset, length) => {
      checkRange({ name, size: bytes.length }, offset, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}
