// With parts/narrow_taps.wgsl.
// The shader declares `weights` as conv2d_narrow_pack.wgsl lays them out. A workgroup makes four pixels in each of eight
// columns and eight rows, and cuts its channels into four shares: invocations side by side are of one share, and want the
// same weights at the same time.

// What a row of four pixels is made from: the row above, itself, and the row below.
struct Neighbours {
  above: Run,
  own: Run,
  below: Run,
}

fn run(plane: i32, row: i32, column: i32) -> Run {
  let m = load(plane, row, column);
  return Run(
    vec4f(pixel(plane, row, 4 * column - 1), m.xyz), m, vec4f(m.yzw, pixel(plane, row, 4 * column + 4)),
  );
}

fn neighbours(plane: i32, row: i32, column: i32) -> Neighbours {
  return Neighbours(run(plane, row - 1, column), run(plane, row, column), run(plane, row + 1, column));
}

fn filter_at(outer: u32) -> Filter {
  let at = outer * 8u;
  let last = weights[at + 6u];
  return Filter(
    Taps(weights[at], weights[at + 1u], last.x),
    Taps(weights[at + 2u], weights[at + 3u], last.y),
    Taps(weights[at + 4u], weights[at + 5u], last.z),
    last.w,
  );
}

fn add(sum: vec4f, n: Neighbours, taps: Taps) -> vec4f {
  return convolve(sum, n.above, n.own, n.below, taps);
}
