// The shader declares the image twice, as `x` by numbers and as `x4` by fours, and `sizes` with its height and width4. A
// workgroup is a subgroup of eight lanes that take four pixels each, side by side.

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

// The pixels beside the workgroup's own, lane k's those of the k-th of its six rows: two loads for all, where one for each
// row and side would make a loop outgrow a processor's instruction cache.
struct Beside {
  left: f32,
  right: f32,
}

fn beside(plane: i32, row: i32, first: i32, lane: u32) -> Beside {
  let own = row + min(i32(lane), 5);
  return Beside(pixel(plane, own, first - 1), pixel(plane, own, first + 32));
}

// Row k of the six.
fn run(plane: i32, first: i32, k: u32, column: i32, edges: Beside, lane: u32) -> Run {
  let m = load(plane, first + i32(k), column);
  // The outermost lanes have a neighbour on one side only.
  let before = select(subgroupShuffleUp(m.w, 1u), subgroupShuffle(edges.left, k), lane == 0u);
  let after = select(subgroupShuffleDown(m.x, 1u), subgroupShuffle(edges.right, k), lane == 7u);
  return Run(vec4f(before, m.xyz), m, vec4f(m.yzw, after));
}

// sum + one row of pixels convolved with nine taps; the runs are the rows above, at and below it.
fn convolve(sum: vec4f, a: Run, b: Run, c: Run, t0: vec4f, t4: vec4f, t8: f32) -> vec4f {
  var s = sum;
  s = fma(a.left, vec4f(t0.x), s);
  s = fma(a.middle, vec4f(t0.y), s);
  s = fma(a.right, vec4f(t0.z), s);
  s = fma(b.left, vec4f(t0.w), s);
  s = fma(b.middle, vec4f(t4.x), s);
  s = fma(b.right, vec4f(t4.y), s);
  s = fma(c.left, vec4f(t4.z), s);
  s = fma(c.middle, vec4f(t4.w), s);
  return fma(c.right, vec4f(t8), s);
}
