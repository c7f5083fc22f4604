import { UserError } from '../errors.js';
import { decodeFloats, requireFloatType } from './dtype.js';
import { unpickle } from './pickle.js';
import { PickleDict } from './pickle-value.js';
import type { PickleValue } from './pickle-value.js';
import type { RandomAccess } from './random-access.js';
import { isContiguous, TorchTensor, torchHost } from './torch-objects.js';
import type { TorchStorage } from './torch-objects.js';
import type { TensorInfo, WeightSource } from './weights.js';
import { openZip } from './zip.js';
import type { Archive } from './zip.js';

/**
 * Opens what `torch.save` wrote, from PyTorch 1.6 on: a zip archive with a pickle, `NAME/data.pkl`, that describes
 * the tensors, and their storages beside it, `NAME/data/KEY`. Reads the archive's directory and the pickle; a storage
 * is read, whole, when one of its tensors is. Tensors in dicts within the dict get the keys joined by dots.
 * @throws UserError if it is damaged or asks for anything but tensors and plain data.
 */
export async function openPth(file: RandomAccess): Promise<WeightSource> {
  const archive = await openZip(file);
  const pickleName = archive.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw new UserError(
      `${file.name} is a zip archive but not one of PyTorch weights; save them with ` +
        'torch.save(model.state_dict(), …).',
    );
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  await checkByteOrder(file, archive, folder);
  const root = unpickle(file.name, await archive.read(pickleName), torchHost(file.name));
  const tensors = collect(file, root);
  return {
    describe: file.name,
    format: 'PyTorch',
    tensors: [...tensors].map(([name, tensor]): TensorInfo => {
      return { name, shape: tensor.shape, dtype: tensor.storage.dtype };
    }),
    metadata: new Map(),
    read: async (name) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new UserError(`${file.name} has no tensor "${name}".`);
      const storage = await readStorage(file, archive, folder, tensor.storage, name);
      return gather(file, storage, tensor, name);
    },
  };
}

/** From PyTorch 2.1 on there is a note of the byte order; without it everything is little-endian. */
async function checkByteOrder(file: RandomAccess, archive: Archive, folder: string): Promise<void> {
  const note = `${folder}byteorder`;
  if (archive.size(note) === undefined) return;
  const order = new TextDecoder().decode(await archive.read(note));
  if (order !== 'little') {
    throw new UserError(`${file.name} was saved on a big-endian machine; save it again on another one.`);
  }
}

/** A state dict nests two or three deep with names of some dozen letters. */
const MAX_DEPTH = 16;
const MAX_NAME_LENGTH = 1000;

/**
 * All tensors in nested dicts. A pickle can use one value in many places: walking each dict once and bounding depth
 * and names keeps time and memory in proportion to the pickle.
 */
function collect(file: RandomAccess, root: PickleValue): Map<string, TorchTensor> {
  if (!(root instanceof PickleDict)) {
    throw new UserError(
      `${file.name} holds no dictionary of tensors; save one with torch.save(model.state_dict(), …).`,
    );
  }
  const tensors = new Map<string, TorchTensor>();
  const seen = new Set<PickleValue>();
  const walk = (dict: PickleDict, prefix: string, depth: number): void => {
    if (seen.has(dict)) return;
    seen.add(dict);
    for (const [key, value] of dict.items) {
      const name = `${prefix}${key}`;
      if (depth > MAX_DEPTH || name.length > MAX_NAME_LENGTH) {
        throw new UserError(
          `${file.name} is damaged: its names are nested too deep or too long; get a fresh copy.`,
        );
      }
      if (value instanceof TorchTensor) tensors.set(name, value);
      if (value instanceof PickleDict) walk(value, `${name}.`, depth + 1);
    }
  };
  walk(root, '', 1);
  return tensors;
}

async function readStorage(
  file: RandomAccess,
  archive: Archive,
  folder: string,
  { key, dtype, elements, bytes }: TorchStorage,
  tensor: string,
): Promise<Float32Array<ArrayBuffer>> {
  const type = requireFloatType(file.name, tensor, dtype);
  const size = archive.size(`${folder}data/${key}`);
  if (size !== undefined && size !== elements * bytes) {
    throw new UserError(
      `${file.name} is damaged: tensor "${tensor}" should have ${elements} values, but ${size} bytes are stored ` +
        'for it; get a fresh copy of the file.',
    );
  }
  return decodeFloats(await archive.read(`${folder}data/${key}`), type);
}

/** Lays a strided view of a storage out row-major. */
function gather(
  file: RandomAccess,
  storage: Float32Array<ArrayBuffer>,
  tensor: TorchTensor,
  name: string,
): Float32Array<ArrayBuffer> {
  const { shape, strides, offset, elements } = tensor;
  // Strides of 0 can make a huge tensor of a few bytes; weights are never like that.
  if (elements > storage.length) {
    throw new UserError(
      `${file.name} has "${name}" with more elements than are stored for it; save it after .contiguous().`,
    );
  }
  if (isContiguous(tensor)) return storage.slice(offset, offset + elements);
  const values = new Float32Array(elements);
  const position = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < elements; to++) {
    values[to] = storage[from]!;
    // Count `position` up like an odometer, `from` along with it.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return values;
}
