import { UserError } from '../errors.js';
import { MAX_DESCRIPTION_BYTES } from './description.js';
import { unpickleAt } from './pickle.js';
import { PickleDict } from './pickle-value.js';
import type { PickleHost, PickleValue } from './pickle-value.js';
import type { RandomAccess } from './random-access.js';
import { torchHost, TorchStorage } from './torch-objects.js';
import { torchSource } from './torch-source.js';
import type { WeightSource } from './weights.js';

/** What the first pickle holds (torch/serialization.py). */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** What the second holds, since PyTorch 0.1.10. */
const PROTOCOL = 1001;

/** Enough for the pickles of a VGG-19, which take 4,400 bytes. */
const FIRST_READ = 2 ** 14;

/** The number of elements before each storage, 64 bits. */
const COUNT_BYTES = 8;

/**
 * Opens what `torch.save` wrote before PyTorch 1.6, and writes still if it is told to: five pickles (a magic number, a
 * protocol number, facts on the machine, the object, the keys of its storages), then the storages in the order of the keys,
 * each behind the number of its elements. Where a storage lies follows from those before it, so that only the pickles are
 * read, and a storage, whole, when one of its tensors is.
 * @throws UserError if it is damaged or asks for anything but tensors and plain data.
 */
export async function openLegacyPth(file: RandomAccess): Promise<WeightSource> {
  const { root, places } = await readPickles(file);
  return torchSource(file, 'PyTorch before 1.6', root, async ({ key, elements, bytes }) => {
    const place = places.get(key);
    if (place === undefined) throw damaged(file, 'a tensor has no storage');
    const stored = await file.read(place, COUNT_BYTES + elements * bytes);
    const count = new DataView(stored.buffer, stored.byteOffset).getBigUint64(0, true);
    if (count !== BigInt(elements)) throw damaged(file, 'a storage is not as long as its tensor says');
    return stored.subarray(COUNT_BYTES);
  });
}

interface Pickles {
  readonly root: PickleValue;
  /** Where each storage begins, with the number of its elements, by its key. */
  readonly places: ReadonlyMap<string, number>;
}

/** How long the pickles are, nothing says; they are read in one go that is enough as a rule, or else in a longer one. */
async function readPickles(file: RandomAccess): Promise<Pickles> {
  const head = await file.read(0, Math.min(file.size, FIRST_READ));
  try {
    return parsePickles(file, head);
  } catch (error) {
    if (head.length === file.size) throw error;
    return parsePickles(file, await file.read(0, Math.min(file.size, MAX_DESCRIPTION_BYTES)));
  }
}

function parsePickles(file: RandomAccess, bytes: Uint8Array<ArrayBuffer>): Pickles {
  const storages = new Map<string, TorchStorage>();
  const host = collecting(torchHost(file.name), storages);
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = unpickleAt(file.name, bytes, at, host);
    at = end;
    return value;
  };
  if (next() !== MAGIC) {
    throw new UserError(
      `${file.name} is a pickle of Python's but none of PyTorch's; give the weights of a VGG-19.`,
    );
  }
  if (next() !== PROTOCOL) throw damaged(file, 'its protocol is not the one that is known');
  const machine = next();
  if (!(machine instanceof PickleDict) || machine.items.get('little_endian') !== true) {
    throw new UserError(`${file.name} was saved on a big-endian machine; save it again on another one.`);
  }
  const root = next();
  const keys = next();
  return { root, places: placeStorages(file, keys, storages, at) };
}

/** The same host, which also remembers the storages that it is asked for. */
function collecting(host: PickleHost, storages: Map<string, TorchStorage>): PickleHost {
  return {
    ...host,
    persistent: (id) => {
      const storage = host.persistent(id);
      if (storage instanceof TorchStorage) storages.set(storage.key, storage);
      return storage;
    },
  };
}

function placeStorages(
  file: RandomAccess,
  keys: PickleValue,
  storages: ReadonlyMap<string, TorchStorage>,
  begin: number,
): Map<string, number> {
  if (!Array.isArray(keys)) throw damaged(file, 'the list of its storages is missing');
  const places = new Map<string, number>();
  let at = begin;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) throw damaged(file, 'a storage belongs to no tensor');
    places.set(storage.key, at);
    at += COUNT_BYTES + storage.elements * storage.bytes;
  }
  if (at > file.size) throw damaged(file, `its tensors take ${at} bytes, but it has ${file.size}`);
  return places;
}

function damaged(file: RandomAccess, why: string): UserError {
  return new UserError(
    `${file.name} is no sound file of PyTorch weights: ${why}; get a fresh copy of the file.`,
  );
}
