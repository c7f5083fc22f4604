import { createHash } from 'node:crypto';

/** SHA-256 over the values' little-endian float32 bytes, in hexadecimal. */
export function checksum(values: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((v, i) => bytes.setFloat32(4 * i, v, true));
  return createHash('sha256').update(bytes).digest('hex');
}
