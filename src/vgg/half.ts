const scratch = new DataView(new ArrayBuffer(8));

/** The value of an IEEE 754 binary16 number given by its 16 bits; exact, since every half is a float32. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  // Subnormals have no hidden one and the exponent of the smallest normal number.
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (fraction + 1024) * 2 ** (exponent - 25);
}

/**
 * The 16 bits of the binary16 number nearest to `value`, ties to even (IEEE 754 §4.3.1). From 65520 on it is
 * infinity, up to 2⁻²⁵ zero; every NaN becomes the quiet NaN 0x7e00. `value` is a double and is rounded once.
 */
export function floatToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  // The step between neighbouring halves: 2^(e-10) in the binade of exponent e, never below 2^-24.
  scratch.setFloat64(0, magnitude);
  const exponent = Math.max(((scratch.getUint16(0) >> 4) & 0x7ff) - 1023, -14);
  // Scaling by a power of two is exact here, so this is the one rounding.
  const steps = roundHalfToEven(magnitude * 2 ** (10 - exponent));
  // With steps in 1024..2047 for normal numbers the hidden one adds itself to the exponent field; a round up to
  // 2048 carries into the next binade by itself, and subnormals (steps < 1024) get the field 0.
  return sign | (((exponent + 14) << 10) + steps);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest > 0.5) return below + 1;
  if (rest < 0.5) return below;
  return below % 2 === 0 ? below : below + 1;
}

/** The value of every bit pattern, made when first wanted: looking up is a hundred times as fast as computing. */
let values: Float32Array | undefined;

/** Widens an array of binary16 bit patterns; exact. */
export function halvesToFloats(bits: Uint16Array): Float32Array<ArrayBuffer> {
  values ??= Float32Array.from({ length: 2 ** 16 }, (_, pattern) => halfToFloat(pattern));
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = values[bits[i]!]!;
  return floats;
}

/** Rounds each value to the nearest binary16, ties to even. */
export function floatsToHalves(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, floatToHalf);
}
