import { UserError } from '../errors.js';
import { PickleDict, PickleGlobal, PickleObject, PickleTuple } from './pickle-value.js';
import type { PickleHost, PickleValue } from './pickle-value.js';

/** A block of elements in the file, as a persistent id describes it. */
export class TorchStorage extends PickleObject {
  override readonly pickleKind = 'storage';
  constructor(
    /** What the file calls it. */
    readonly key: string,
    readonly dtype: string,
    /** Bytes of one element. */
    readonly bytes: number,
    readonly elements: number,
  ) {
    super();
  }
}

/** A strided view of a storage; offset and strides count elements. Every index of it lies in the storage. */
export class TorchTensor extends PickleObject {
  override readonly pickleKind = 'tensor';
  /** Product of the shape. */
  readonly elements: number;
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {
    super();
    this.elements = shape.reduce((product, size) => product * size, 1);
  }
}

/** Whether the elements lie in the storage row-major and without gaps. */
export function isContiguous({ shape, strides }: TorchTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // The stride of an axis of one element is never used and may be anything.
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Storage classes: type and bytes of an element. */
const STORAGES = new Map<string, readonly [string, number]>([
  ['torch.FloatStorage', ['f32', 4]],
  ['torch.HalfStorage', ['f16', 2]],
  ['torch.BFloat16Storage', ['bf16', 2]],
  ['torch.DoubleStorage', ['f64', 8]],
  ['torch.LongStorage', ['i64', 8]],
  ['torch.IntStorage', ['i32', 4]],
  ['torch.ShortStorage', ['i16', 2]],
  ['torch.CharStorage', ['i8', 1]],
  ['torch.ByteStorage', ['u8', 1]],
  ['torch.BoolStorage', ['bool', 1]],
]);

/**
 * The functions that may be called: the class of state dicts, and what `torch._utils` rebuilds tensors with.
 * @param file what errors call the file.
 */
export function torchHost(file: string): PickleHost {
  const damaged = (): UserError =>
    new UserError(`${file} is damaged: it describes a tensor that cannot be; get a fresh copy of the file.`);

  /** (storage, offset, size, stride, requires_grad, backward_hooks) */
  function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): TorchTensor {
    const shape = counts(size);
    const strides = counts(stride);
    if (
      !(storage instanceof TorchStorage) ||
      !isCount(offset) ||
      !shape ||
      strides?.length !== shape.length
    ) {
      throw damaged();
    }
    const tensor = new TorchTensor(storage, offset, shape, strides);
    const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
    // An empty tensor has no last element, and a sum past 2^53 is no less too large for being inexact.
    if (tensor.elements > 0 && last >= storage.elements) throw damaged();
    return tensor;
  }

  const functions = new Map<string, (args: readonly PickleValue[]) => PickleValue>([
    ['torch._utils._rebuild_tensor_v2', rebuildTensor],
    // Of before PyTorch 0.4: (storage, offset, size, stride)
    ['torch._utils._rebuild_tensor', rebuildTensor],
    // (data, requires_grad, backward_hooks)
    [
      'torch._utils._rebuild_parameter',
      ([data]) => {
        if (data instanceof TorchTensor) return data;
        throw damaged();
      },
    ],
    [
      'collections.OrderedDict',
      ([pairs, ...more]) => {
        const dict = new PickleDict();
        if (pairs === undefined) return dict;
        // Python 2 gives the items as a list of lists of two.
        if (!Array.isArray(pairs) || more.length > 0) throw damaged();
        for (const pair of pairs) {
          const [key, value] = Array.isArray(pair) && pair.length === 2 ? pair : [];
          if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined) throw damaged();
          dict.items.set(key, value);
        }
        return dict;
      },
    ],
  ]);

  return {
    allows: (name) => functions.has(name) || STORAGES.has(name),
    call: (name, args) => {
      const build = functions.get(name);
      if (build === undefined) throw damaged();
      return build(args);
    },
    // ('storage', class, key, device, number of elements), and before PyTorch 1.6 what part of another storage it is
    persistent: (id) => {
      const [tag, type, key, , elements, view = null] = id instanceof PickleTuple ? id.items : [];
      const [dtype, bytes] = (type instanceof PickleGlobal && STORAGES.get(type.name)) || [];
      if (tag !== 'storage' || typeof key !== 'string' || !isCount(elements) || !dtype || !bytes) {
        throw damaged();
      }
      if (view !== null) {
        throw new UserError(
          `${file} has storages within storages, as only PyTorch before 0.4 wrote; load it with a newer one and save it ` +
            'again with torch.save(model.state_dict(), …).',
        );
      }
      return new TorchStorage(key, dtype, bytes, elements);
    },
  };
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** At most as many as a tensor of PyTorch has axes; a tuple may be used again and again, so its length costs. */
function counts(value: PickleValue | undefined): readonly number[] | undefined {
  if (!(value instanceof PickleTuple) || value.items.length > 64) return undefined;
  return value.items.every(isCount) ? value.items : undefined;
}
