// The shader uses lbfgs_chunk.wgsl too.
//
// How the history holds its vectors: [strips, SLOTS, ROW], a row of one slot being ROW times 16 bytes, by eights: eight
// elements that follow each other, in VECTORS times 16 bytes.
//
// Two vectors: the eight as float32. One: block floating point, eight whole numbers of 15 bits that share the exponent
// of the largest. The upper half of word i holds element i, the lower half element 4 + i, each in its upper 15 bits; the
// lowest bits of the halves are the exponent's, of the lower ones first.
override SLOTS: u32 = 2u;

const VECTORS = 1u;
const ROW = 32u;
const EIGHTS = ROW / VECTORS; // of a row
const TILE_EIGHTS = 128u;

// Elements 0..3 and 4..7, both to be multiplied by the unit.
struct Eight {
  a: vec4f,
  b: vec4f,
  unit: f32,
}

// Where the history holds an eight of the chunk.
fn place(slot: u32, eight: u32) -> u32 {
  return ((eight / EIGHTS) * SLOTS + slot) * ROW + (eight % EIGHTS) * VECTORS;
}

// From two vectors.
fn whole(first: vec4u, second: vec4u) -> Eight {
  return Eight(bitcast<vec4f>(first), bitcast<vec4f>(second), 1.0);
}

// From one.
fn unpack(words: vec4u) -> Eight {
  let bits = (words & vec4u(0x00010001u)) << vec4u(0u, 1u, 2u, 3u);
  let pairs = bits.x | bits.y | bits.z | bits.w;
  let exponent = (pairs & 15u) | (pairs >> 12u);
  // The whole numbers stay where they are, 17 bits up.
  return Eight(
    vec4f(bitcast<vec4i>(words & vec4u(0xfffe0000u))),
    vec4f(bitcast<vec4i>((words << vec4u(16u)) & vec4u(0xfffe0000u))),
    bitcast<f32>(exponent << 23u),
  );
}

// Eight elements in block floating point, each rounded to the nearest. What is below 2^-96 of all is 0.
fn pack(a: vec4f, b: vec4f) -> vec4u {
  let peak = bitcast<u32>(max(largest(a), largest(b))) >> 23u;
  if (peak < 31u) {
    return vec4u();
  }
  // 2^(exponent - 127) times 2^17 is what the largest has 2^13 to 2^14 of. Not finite: infinity, or no number.
  let exponent = select(peak - 30u, 255u, peak == 255u);
  let per = bitcast<f32>((237u - min(exponent, 225u)) << 23u);
  let most = vec4f(16383.0);
  let high = vec4i(clamp(round(a * per), -most, most));
  let low = vec4i(clamp(round(b * per), -most, most));
  let words = (bitcast<vec4u>(high) << vec4u(17u)) | ((bitcast<vec4u>(low) & vec4u(0x7fffu)) << vec4u(1u));
  let bits = vec4u(exponent) >> vec4u(0u, 1u, 2u, 3u);
  return words | (bits & vec4u(1u)) | ((bits & vec4u(16u)) << vec4u(12u));
}

// The product of an eight with other eight elements.
fn along(v: Eight, a: vec4f, b: vec4f) -> f32 {
  return v.unit * (dot(v.a, a) + dot(v.b, b));
}
