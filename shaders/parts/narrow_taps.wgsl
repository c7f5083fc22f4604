// The shader declares the image twice, as `x` by numbers and as `x4` by fours, and `sizes` with its height and width4.

// Four pixels of a row, and the same one pixel to the left and to the right.
struct Run {
  left: vec4f,
  middle: vec4f,
  right: vec4f,
}

// A vector of pixels of one row, zeros outside the image.
fn load(plane: i32, row: i32, column: i32) -> vec4f {
  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  let inside = row >= 0 && row < height && column >= 0 && column < width;
  let at = (plane * height + clamp(row, 0, height - 1)) * width + clamp(column, 0, width - 1);
  return select(vec4f(), vec4f(x4[at]), inside);
}

// A single pixel, likewise; the column counts pixels.
fn pixel(plane: i32, row: i32, column: i32) -> f32 {
  let height = i32(sizes.height);
  let width = 4 * i32(sizes.width4);
  let inside = row >= 0 && row < height && column >= 0 && column < width;
  let at = (plane * height + clamp(row, 0, height - 1)) * width + clamp(column, 0, width - 1);
  return select(0.0, f32(x[at]), inside);
}

// Nine, row by row.
struct Taps {
  first: vec4f,
  second: vec4f,
  last: f32,
}

// An outer channel's taps for three inner channels.
struct Filter {
  p: Taps,
  q: Taps,
  r: Taps,
  bias: f32,
}

// sum + one row of pixels convolved with nine taps; the runs are the rows above, at and below it.
fn convolve(sum: vec4f, a: Run, b: Run, c: Run, t: Taps) -> vec4f {
  var s = sum;
  s = fma(a.left, vec4f(t.first.x), s);
  s = fma(a.middle, vec4f(t.first.y), s);
  s = fma(a.right, vec4f(t.first.z), s);
  s = fma(b.left, vec4f(t.first.w), s);
  s = fma(b.middle, vec4f(t.second.x), s);
  s = fma(b.right, vec4f(t.second.y), s);
  s = fma(c.left, vec4f(t.second.z), s);
  s = fma(c.middle, vec4f(t.second.w), s);
  return fma(c.right, vec4f(t.last), s);
}
