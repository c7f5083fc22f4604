import { UserError } from '../errors.js';
import type { RandomAccess } from './random-access.js';

/**
 * What describes the tensors of a file, as a header, a pickle or a directory does, may take this many bytes; VGG-19's
 * takes a few thousand. It is turned into objects, which take many times the bytes that ask for them (a pickle makes a
 * list of one byte), and that is not to be had without bound. The tensors themselves may be of any size.
 */
export const MAX_DESCRIPTION_BYTES = 2 ** 20;

/** @throws UserError for a description that is longer. */
export function requireDescription(file: Pick<RandomAccess, 'name'>, bytes: number): void {
  if (bytes <= MAX_DESCRIPTION_BYTES) return;
  throw new UserError(
    `${file.name} takes ${bytes} bytes to describe its tensors, and more than ${MAX_DESCRIPTION_BYTES} are not read; ` +
      'save the tensors of VGG-19 alone.',
  );
}
