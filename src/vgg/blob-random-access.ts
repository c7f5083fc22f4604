import { checkRange, type RandomAccess } from './random-access.js';

/** A file that a browser's user chose, or any other `Blob`, of which only the parts asked for are read. */
export function blobRandomAccess(name: string, blob: Blob): RandomAccess {
  const { size } = blob;
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange({ name, size }, offset, length);
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    },
  };
}
