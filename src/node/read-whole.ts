import { open, type FileHandle } from 'node:fs/promises';

const TOO_LARGE = 'it is too large for what it should be';

/**
 * Reads a file, or all that comes out of a pipe.
 *
 * @param most bytes of it; some never end.
 * @throws Error that says so for more, and for a device, in words for `fileReason`; what the file system throws.
 */
export async function readWhole(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const found = await file.stat();
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error('it is a device, not a file');
    if (found.size > most) throw new Error(TOO_LARGE);
    // A plain file is read into memory of its size; of a pipe nothing is known beforehand.
    return found.isFile() ? await file.readFile() : await readPipe(file, most);
  } finally {
    await file.close();
  }
}

async function readPipe(file: FileHandle, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length > most) throw new Error(TOO_LARGE);
  }
  return Buffer.concat(parts);
}
