// The shader declares f, M rows of K4 vec4s.

// Vector k of a row, zeros from the last row and from `end` on.
fn feature(row: u32, k: u32, end: u32) -> vec4f {
  if (row < M && k < end) {
    return vec4f(f[row * K4 + k]);
  }
  return vec4f();
}
