// The shader declares the image twice, as `x` by numbers and as `x4` by fours, WIDE, 1 where rows begin at multiples of four
// pixels, and `sizes` with the image's width and the floor that pixels are raised to.
//
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
