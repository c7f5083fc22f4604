// The image that Winograd's input transforms read.

// Rows of the image begin at multiples of four pixels, and are read four at a time, when 1.
override WIDE: u32 = 0u;

// As x is stored: f32 and vec4f, or f16 and vec4h.
alias In = f32;
alias In4 = vec4f;

struct Sizes {
  height: f32,
  width: f32,
  // Quads, of four tiles side by side, to a row of tiles; the last may reach beyond the image.
  quadsAcross: f32,
  // The first row of tiles of this strip, and how many quads it has.
  firstRow: f32,
  quads: f32,
  inChannels: f32,
  // Channels rounded up; what lies beyond the last is zero.
  inPadded: f32,
  image: f32,
  // Each pixel passes through max(floor, ·) first: 0 for ReLU, the least number there is for none.
  floor: f32,
  // 6, for loops whose length the compiler is not to know.
  columns: f32,
}

// One tensor, bound twice.
@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read> x4: array<In4>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

// A row of an image begins at number `start`; to its left and right there are zeros.
fn pixel(start: i32, column: i32) -> f32 {
  let width = i32(sizes.width);
  let inside = column >= 0 && column < width;
  return select(0.0, f32(x[start + clamp(column, 0, width - 1)]), inside);
}

// Four pixels of a row, from a multiple of four on.
fn four(start: i32, column: i32) -> vec4f {
  if (WIDE == 1u) {
    let width = i32(sizes.width);
    return select(vec4f(), vec4f(x4[(start + min(column, width - 4)) / 4]), column < width);
  }
  return vec4f(
    pixel(start, column), pixel(start, column + 1), pixel(start, column + 2), pixel(start, column + 3),
  );
}

// What the padding holds passes as the zero that it is.
fn rectified(value: vec4f, inside: bool) -> vec4f {
  return select(vec4f(), max(value, vec4f(sizes.floor)), inside);
}
