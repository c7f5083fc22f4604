import { unzipRaw } from 'unzipit';
import type { Reader, ZipEntry } from 'unzipit';
import { UserError } from '../errors.js';
import { requireDescription } from './description.js';
import type { RandomAccess } from './random-access.js';

/** The members of a zip archive, read one at a time. */
export interface Archive {
  readonly names: readonly string[];
  /** Bytes of a member, or undefined if there is none of that name. */
  size(name: string): number | undefined;
  /** @throws UserError if the member is missing, compressed or damaged. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads the directory of a zip archive (zip64 too) and no member. Members must be stored uncompressed, as PyTorch
 * stores them: a compressed one could not be bounded by the size of the file.
 * @throws UserError if the archive is damaged.
 */
export async function openZip(file: RandomAccess): Promise<Archive> {
  let opened = false;
  const reader: Reader = {
    getLength: async () => file.size,
    read: async (offset, length) => {
      // Of the directory objects are made.
      if (!opened) requireDescription(file, length);
      return file.read(offset, length);
    },
  };
  const { entries } = await explained(file, () => unzipRaw(reader));
  opened = true;
  const byName = new Map<string, ZipEntry>(entries.map((entry) => [entry.name, entry]));
  const begins = entries.map(begin).sort((a, b) => a - b);
  return {
    names: [...byName.keys()],
    size: (name) => byName.get(name)?.size,
    read: async (name) => {
      const entry = byName.get(name);
      if (entry === undefined)
        throw new UserError(`${file.name} lacks its part "${name}"; get a fresh copy.`);
      if (entry.compressionMethod !== 0) {
        throw new UserError(
          `${file.name} is compressed, which PyTorch never does; save it with torch.save(model.state_dict(), …).`,
        );
      }
      // Reading a member is two reads, of the header before it and of what it holds.
      const from = begin(entry);
      const next = begins.find((other) => other > from) ?? file.size;
      const end = Math.min(next, file.size, from + MAX_LOCAL_HEADER + entry.compressedSize);
      if (from < end) file.announce?.(from, end - from);
      return new Uint8Array(await explained(file, () => entry.arrayBuffer()));
    },
  };
}

/** A fixed part, and a name and an extra field of at most 65,535 bytes each. */
const MAX_LOCAL_HEADER = 30 + 2 * 65_535;

/** Where a member's header begins. The library has read it from the directory and keeps it to itself. */
function begin(entry: ZipEntry): number {
  return entry['_rawEntry'].relativeOffsetOfLocalHeader;
}

async function explained<T>(file: RandomAccess, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${file.name} is no sound zip archive (${reason}); get a fresh copy of the file.`,
      2,
      {
        cause: error,
      },
    );
  }
}
