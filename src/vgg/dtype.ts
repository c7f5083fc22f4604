import { UserError } from '../errors.js';
import { halfToFloat, halvesToFloats } from './half.js';

/** Element types that can be read as float32. */
export type FloatType = 'f32' | 'f16' | 'bf16' | 'f64';

export const FLOAT_BYTES: Readonly<Record<FloatType, number>> = { f32: 4, f16: 2, bf16: 2, f64: 8 };

export function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(FLOAT_BYTES, dtype);
}

/**
 * Lets through the types that can be read.
 * @param file what errors call the file, `tensor` its name there.
 * @throws UserError for any other type.
 */
export function requireFloatType(file: string, tensor: string, dtype: string): FloatType {
  if (isFloatType(dtype)) return dtype;
  throw new UserError(
    `${file} has "${tensor}" as ${dtype}; only f32, f16, bf16 and f64 can be read: convert it.`,
  );
}

/**
 * Little-endian numbers as float32: f16 and bf16 exactly, f64 rounded to nearest.
 * @param bytes a whole number of elements, at any alignment.
 */
export function decodeFloats(bytes: Uint8Array<ArrayBuffer>, dtype: FloatType): Float32Array<ArrayBuffer> {
  // Typed arrays need an aligned start, which nothing in a file promises. They read in the machine's byte order:
  // every machine with WebGPU is little-endian. What is returned as it is has to be a copy.
  const usable = dtype !== 'f32' && bytes.byteOffset % FLOAT_BYTES[dtype] === 0;
  const { buffer, byteOffset, byteLength } = usable ? bytes : bytes.slice();
  const length = byteLength / FLOAT_BYTES[dtype];
  switch (dtype) {
    case 'f32':
      return new Float32Array(buffer, byteOffset, length);
    case 'f16':
      return halvesToFloats(new Uint16Array(buffer, byteOffset, length));
    case 'bf16':
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer, byteOffset, length), bfloatBits).buffer,
      );
    case 'f64':
      return new Float32Array(new Float64Array(buffer, byteOffset, length));
  }
}

/** A bfloat16 is the upper half of a float32. */
function bfloatBits(bits: number): number {
  return bits << 16;
}

const scratch = new Uint32Array(1);
const scratchFloat = new Float32Array(scratch.buffer);

/** One number by its 16 bits, exactly. */
export function decodeHalf(bits: number, dtype: 'f16' | 'bf16'): number {
  if (dtype === 'f16') return halfToFloat(bits);
  scratch[0] = bfloatBits(bits);
  return scratchFloat[0]!;
}
