// With parts/narrow_taps.wgsl.
// The shader declares `weights` as conv2d_narrow_pack.wgsl lays them out. A workgroup is a subgroup of eight lanes side by
// side, and makes four rows of four pixels a lane.

// Row k of six, between the pixels of all six beside the workgroup's own, a row a lane. These take two loads for all; one
// for each row and side would make a loop outgrow a processor's instruction cache.
fn run(plane: i32, first: i32, k: u32, column: i32, left: f32, right: f32, lane: u32) -> Run {
  let m = load(plane, first + i32(k), column);
  // The outermost lanes have a neighbour on one side only.
  let before = select(subgroupShuffleUp(m.w, 1u), subgroupShuffle(left, k), lane == 0u);
  let after = select(subgroupShuffleDown(m.x, 1u), subgroupShuffle(right, k), lane == 7u);
  return Run(vec4f(before, m.xyz), m, vec4f(m.yzw, after));
}

// What four rows of pixels are made from.
struct Window {
  a: Run,
  b: Run,
  c: Run,
  d: Run,
  e: Run,
  f: Run,
}

// The window of the rows from `row` on, in the lane's own column of the workgroup's, `across` to the right.
fn window(plane: i32, row: i32, across: i32, lane: u32) -> Window {
  let first = row - 1;
  let column = across * 8 + i32(lane);
  let beside = first + min(i32(lane), 5);
  let left = pixel(plane, beside, across * 32 - 1);
  let right = pixel(plane, beside, across * 32 + 32);
  return Window(
    run(plane, first, 0u, column, left, right, lane),
    run(plane, first, 1u, column, left, right, lane),
    run(plane, first, 2u, column, left, right, lane),
    run(plane, first, 3u, column, left, right, lane),
    run(plane, first, 4u, column, left, right, lane),
    run(plane, first, 5u, column, left, right, lane),
  );
}

// Loaded by the lanes together, four numbers each, and handed round.
fn filter_of(outer: u32, lane: u32) -> Filter {
  let own = weights[outer * 8u + lane];
  let last = subgroupShuffle(own, 6u);
  return Filter(
    Taps(subgroupShuffle(own, 0u), subgroupShuffle(own, 1u), last.x),
    Taps(subgroupShuffle(own, 2u), subgroupShuffle(own, 3u), last.y),
    Taps(subgroupShuffle(own, 4u), subgroupShuffle(own, 5u), last.z),
    last.w,
  );
}

// Four rows, a lane's four pixels each.
struct Rows {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

// sums + the window convolved with nine taps.
fn add(sums: Rows, w: Window, t: Taps) -> Rows {
  return Rows(
    convolve(sums.a, w.a, w.b, w.c, t),
    convolve(sums.b, w.b, w.c, w.d, t),
    convolve(sums.c, w.c, w.d, w.e, t),
    convolve(sums.d, w.d, w.e, w.f, t),
  );
}
