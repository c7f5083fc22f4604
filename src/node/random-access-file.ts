import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { checkRange } from '../vgg/random-access.js';
import type { RandomAccess } from '../vgg/random-access.js';
import { fileReason } from './fs-errors.js';

/** A file on disk, open for reading; whoever opened it closes it. */
export interface RandomAccessFile extends RandomAccess {
  close(): Promise<void>;
}

/**
 * Opens `path` for reading at any offset; nothing is read yet.
 * @throws UserError if it cannot be opened or is no plain file.
 */
export async function openRandomAccessFile(path: string): Promise<RandomAccessFile> {
  return explained(path, async () => {
    // Before opening, because opening a pipe waits for somebody to write into it.
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is not a plain file; name a file');
    const handle = await open(path, 'r');
    // The size when it was opened is what offsets are checked against, whatever happens to the file later.
    return {
      name: path,
      size: found.size,
      read: reader(path, found.size, handle),
      close: () => handle.close(),
    };
  });
}

function reader(name: string, size: number, handle: FileHandle): RandomAccess['read'] {
  return async (offset, length) => {
    checkRange({ name, size }, offset, length);
    return explained(name, async () => {
      const bytes = new Uint8Array(length);
      // A read may give less than it was asked for; none at all means that the file has shrunk.
      for (let done = 0; done < length;) {
        const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) throw new Error('it became shorter while it was being read; try again');
        done += bytesRead;
      }
      return bytes;
    });
  };
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${fileReason(error)}.`, 2, { cause: error });
  }
}
