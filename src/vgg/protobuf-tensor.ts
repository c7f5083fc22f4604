import { BinaryReader } from '@bufbuild/protobuf/wire';
import { UserError } from '../errors.js';
import { decodeFloats, decodeHalf, FLOAT_BYTES, isFloatType, requireFloatType } from './dtype.js';
import type { ProtobufFile, Span } from './protobuf.js';
import type { TensorInfo, WeightSource } from './weights.js';

/** A tensor somewhere in a protobuf file. */
export interface ProtobufTensor extends TensorInfo {
  /** Where its numbers stand: in one piece, or in several, as protobuf lets a writer split a row of numbers. */
  readonly data: readonly Span[];
  /** Whether the numbers are the bits of halves in varints, each of one to three bytes, instead of plain. */
  readonly varints?: boolean;
}

/** Makes a source of them; each is checked to have as many numbers as its shape says. */
export function protobufSource(
  protobuf: ProtobufFile,
  tensors: readonly ProtobufTensor[],
  rest: Pick<WeightSource, 'format' | 'graph' | 'preprocessing'>,
): WeightSource {
  const { file } = protobuf;
  const byName = new Map<string, ProtobufTensor>();
  for (const tensor of tensors) {
    requireSize(protobuf, tensor);
    if (byName.has(tensor.name)) throw protobuf.damaged(`two tensors in it are called "${tensor.name}"`);
    byName.set(tensor.name, tensor);
  }
  return {
    describe: file.name,
    ...rest,
    tensors: tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    metadata: new Map(),
    read: async (name) => {
      const tensor = byName.get(name);
      if (tensor === undefined) throw new UserError(`${file.name} has no tensor "${name}".`);
      const dtype = requireFloatType(file.name, name, tensor.dtype);
      const bytes = await readAll(protobuf, tensor.data);
      if (!tensor.varints) return decodeFloats(bytes, dtype);
      return decodeVarints(protobuf, bytes, dtype === 'f16' ? 'f16' : 'bf16', elementsOf(tensor));
    },
  };
}

function elementsOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function bytesOf(data: readonly Span[]): number {
  return data.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

function requireSize(protobuf: ProtobufFile, tensor: ProtobufTensor): void {
  const { name, dtype, varints, data, shape } = tensor;
  if (!isFloatType(dtype)) return;
  const [elements, bytes] = [elementsOf(tensor), bytesOf(data)];
  const fits = varints ? elements <= bytes : elements * FLOAT_BYTES[dtype] === bytes;
  if (fits && shape.every((size) => size >= 0)) return;
  throw protobuf.damaged(`tensor "${name}" has ${bytes} bytes for a shape of [${shape.join(', ')}]`);
}

async function readAll({ file }: ProtobufFile, data: readonly Span[]): Promise<Uint8Array<ArrayBuffer>> {
  const [only] = data;
  if (data.length === 1) return file.read(only!.begin, only!.end - only!.begin);
  const bytes = new Uint8Array(bytesOf(data));
  let at = 0;
  for (const { begin, end } of data) {
    bytes.set(await file.read(begin, end - begin), at);
    at += end - begin;
  }
  return bytes;
}

function decodeVarints(
  protobuf: ProtobufFile,
  bytes: Uint8Array,
  dtype: 'f16' | 'bf16',
  elements: number,
): Float32Array<ArrayBuffer> {
  const reader = new BinaryReader(bytes);
  const values = new Float32Array(elements);
  try {
    for (let i = 0; i < elements; i++) values[i] = decodeHalf(reader.uint32() & 0xffff, dtype);
  } catch (error) {
    throw protobuf.damaged('it is cut short or garbled', error);
  }
  if (reader.pos !== reader.len) throw protobuf.damaged('a tensor has more numbers than its shape says');
  return values;
}
