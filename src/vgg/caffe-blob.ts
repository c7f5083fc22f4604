import type { ProtobufFile, Span } from './protobuf.js';
import type { ProtobufTensor } from './protobuf-tensor.js';

/** Field numbers of a blob and of its shape in caffe.proto. */
const BLOB = { data: 5, shape: 7, doubles: 8 } as const;
const SHAPE = { dim: 1 } as const;

/** num, channels, height, width: how shapes were given before there was a message for them. */
const OLD_AXES = [1, 2, 3, 4];

/** A tensor of a layer, which has no name of its own. */
export type CaffeBlob = Omit<ProtobufTensor, 'name'>;

export async function readBlob(protobuf: ProtobufFile, blob: Span): Promise<CaffeBlob> {
  let shape: number[] | undefined;
  const old = [0, 0, 0, 0];
  const floats: Span[] = [];
  const doubles: Span[] = [];
  for await (const field of protobuf.fields(blob)) {
    const { number, span } = field;
    if (number === BLOB.data) floats.push(span);
    else if (number === BLOB.doubles) doubles.push(span);
    else if (number === BLOB.shape) shape = await readShape(protobuf, span);
    else if (OLD_AXES.includes(number)) old[number - 1] = (await protobuf.integers(field))[0] ?? 0;
  }
  shape ??= withoutLeadingOnes(old);
  return doubles.length > 0 ? { shape, dtype: 'f64', data: doubles } : { shape, dtype: 'f32', data: floats };
}

async function readShape(protobuf: ProtobufFile, shape: Span): Promise<number[]> {
  const dims: number[] = [];
  for await (const field of protobuf.fields(shape)) {
    if (field.number === SHAPE.dim) dims.push(...(await protobuf.integers(field)));
  }
  return dims;
}

/** The four axes were filled up with ones from the left: a bias of 64 is 1 × 1 × 1 × 64. */
function withoutLeadingOnes(shape: readonly number[]): number[] {
  const first = shape.findIndex((size) => size !== 1);
  return shape.slice(first < 0 ? shape.length - 1 : first);
}
