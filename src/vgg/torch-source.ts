import { UserError } from '../errors.js';
import { decodeFloats, requireFloatType } from './dtype.js';
import { PickleDict } from './pickle-value.js';
import type { PickleValue } from './pickle-value.js';
import type { RandomAccess } from './random-access.js';
import { isContiguous, TorchTensor } from './torch-objects.js';
import type { TorchStorage } from './torch-objects.js';
import type { TensorInfo, WeightSource } from './weights.js';

/**
 * The tensors in what a pickle of PyTorch's gave. Tensors in dicts within the dict get the keys joined by dots.
 * @param format what to call the format.
 * @param readStorage gives all bytes of a storage, for the tensor of that name.
 * @throws UserError if `root` is no dict.
 */
export function torchSource(
  file: RandomAccess,
  format: string,
  root: PickleValue,
  readStorage: (storage: TorchStorage, tensor: string) => Promise<Uint8Array<ArrayBuffer>>,
): WeightSource {
  const tensors = collect(file, root);
  return {
    describe: file.name,
    format,
    tensors: [...tensors].map(([name, { shape, storage }]): TensorInfo => {
      return { name, shape, dtype: storage.dtype };
    }),
    metadata: new Map(),
    read: async (name) => {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new UserError(`${file.name} has no tensor "${name}".`);
      const type = requireFloatType(file.name, name, tensor.storage.dtype);
      // Strides of 0 can make a huge tensor of a few bytes; weights are never like that.
      if (tensor.elements > tensor.storage.elements) {
        throw new UserError(
          `${file.name} has "${name}" with more elements than are stored for it; save it after .contiguous().`,
        );
      }
      const bytes = await readStorage(tensor.storage, name);
      const expected = tensor.storage.elements * tensor.storage.bytes;
      if (bytes.length !== expected) throw wrongSize(file, name, expected, bytes.length);
      return gather(decodeFloats(bytes, type), tensor);
    },
  };
}

/** To be thrown where a tensor's storage has not the size that the pickle gives it, in bytes. */
export function wrongSize(file: RandomAccess, tensor: string, expected: number, found: number): UserError {
  return new UserError(
    `${file.name} is damaged: tensor "${tensor}" should have ${expected} bytes, but ${found} are stored for it; get a ` +
      'fresh copy of the file.',
  );
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

/** Lays a strided view of a storage out row-major. */
function gather(storage: Float32Array<ArrayBuffer>, tensor: TorchTensor): Float32Array<ArrayBuffer> {
  const { shape, strides, offset, elements } = tensor;
  if (elements === storage.length && isContiguous(tensor)) return storage;
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
