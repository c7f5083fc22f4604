import { isFloatType } from './dtype.js';
import type { Field, ProtobufFile, Span } from './protobuf.js';
import type { ProtobufTensor } from './protobuf-tensor.js';

/** Field numbers of a tensor in onnx.proto. */
const TENSOR = {
  ...{ dims: 1, type: 2, floats: 4, integers: 5, name: 8, raw: 9, doubles: 10, location: 14 },
} as const;

/** Where the numbers are, in `location`. */
const EXTERNAL = 1;

/** Types of elements, by their numbers in onnx.proto. */
const TYPES = [
  ...[
    'undefined',
    'f32',
    'u8',
    'i8',
    'u16',
    'i16',
    'i32',
    'i64',
    'string',
    'bool',
    'f16',
    'f64',
    'u32',
    'u64',
  ],
  ...[
    'complex64',
    'complex128',
    'bf16',
    'f8_e4m3',
    'f8_e4m3fnuz',
    'f8_e5m2',
    'f8_e5m2fnuz',
    'u4',
    'i4',
    'f4',
  ],
];

export interface OnnxTensor extends ProtobufTensor {
  /** Whether the numbers are in another file. */
  readonly external: boolean;
}

export async function readTensor(protobuf: ProtobufFile, tensor: Span): Promise<OnnxTensor> {
  const shape: number[] = [];
  let [type, location, name] = [0, 0, ''];
  const data = new Map<number, Span[]>();
  const whole = async (field: Field) => (await protobuf.integers(field))[0] ?? 0;
  for await (const field of protobuf.fields(tensor)) {
    const { number, span } = field;
    if (number === TENSOR.dims) shape.push(...(await protobuf.integers(field)));
    else if (number === TENSOR.type) type = await whole(field);
    else if (number === TENSOR.location) location = await whole(field);
    else if (number === TENSOR.name) name = await protobuf.text(span);
    else data.set(number, [...(data.get(number) ?? []), span]);
  }
  const dtype = TYPES[type] ?? `type ${type}`;
  const external = location === EXTERNAL && isFloatType(dtype);
  const raw = data.get(TENSOR.raw);
  if (raw !== undefined) return { name, shape, dtype, data: raw, external };
  // Halves without raw data are in a field for integers.
  const varints = dtype === 'f16' || dtype === 'bf16';
  const typed = dtype === 'f64' ? TENSOR.doubles : varints ? TENSOR.integers : TENSOR.floats;
  return { name, shape, dtype, data: data.get(typed) ?? [], varints, external };
}
