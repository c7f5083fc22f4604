enable subgroups;
// 3×3 convolution, stride 1, one pixel of zero padding, of many input channels into at most three: the gradient to the
// image that VGG's first layer sees. An invocation makes 4 pixels × 4 rows of all output channels. A workgroup is a
// subgroup of eight lanes side by side, which share pixels and weights as in conv2d_narrow_in.wgsl; weights as laid out
// by conv2d_narrow_pack.wgsl. Grid: (⌈width / 32⌉, ⌈height / 4⌉, images).
// The length of the uniform binding, which may reach beyond the weights.
const BINDING_VECTORS: u32 = 512u;

struct Sizes {
  inChannels: f32,
  outChannels: f32,
  height: f32,
  // In vectors of four pixels.
  width4: f32,
  // Added to what y holds when 1.
  accumulate: f32,
  // 4: a loop whose length the compiler cannot know stays one, which spares it most of its time.
  rows: f32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<uniform> weights: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

// Four pixels of a row, and the same one pixel to the left and to the right.
struct Run {
  left: vec4f,
  middle: vec4f,
  right: vec4f,
}

// Four rows of an output channel.
struct Rows {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

// A vector of pixels of one row, zeros outside the image.
fn load(plane: i32, row: i32, column: i32) -> vec4f {
  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  let inside = row >= 0 && row < height && column >= 0 && column < width;
  let at = (plane * height + clamp(row, 0, height - 1)) * width + clamp(column, 0, width - 1);
  return select(vec4f(), x[at], inside);
}

fn run(plane: i32, row: i32, column: i32, lane: u32) -> Run {
  let m = load(plane, row, column);
  var before = subgroupShuffleUp(m.w, 1u);
  var after = subgroupShuffleDown(m.x, 1u);
  // The outermost lanes have a neighbour on one side only.
  if (lane == 0u) {
    before = load(plane, row, column - 1).w;
  }
  if (lane == 7u) {
    after = load(plane, row, column + 1).x;
  }
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

fn pick(i: i32, rows: Rows) -> vec4f {
  return select(select(rows.d, rows.c, i == 2), select(rows.b, rows.a, i == 0), i < 2);
}

fn store(at: i32, value: vec4f) {
  if (sizes.accumulate == 1.0) {
    y[at] += value;
  } else {
    y[at] = value;
  }
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let column = i32(group.x * 8u + lane);
  let row = i32(group.y) * 4;
  let image = i32(group.z);
  let inputs = u32(sizes.inChannels);
  var p = Rows();
  var q = Rows();
  var r = Rows();
  for (var i = 0u; i < inputs; i++) {
    let plane = image * i32(inputs) + i32(i);
    let x0 = run(plane, row - 1, column, lane);
    let x1 = run(plane, row, column, lane);
    let x2 = run(plane, row + 1, column, lane);
    let x3 = run(plane, row + 2, column, lane);
    let x4 = run(plane, row + 3, column, lane);
    let x5 = run(plane, row + 4, column, lane);
    let own = weights[i * 8u + lane];
    let pa = subgroupBroadcast(own, 0u);
    let pb = subgroupBroadcast(own, 1u);
    let qa = subgroupBroadcast(own, 2u);
    let qb = subgroupBroadcast(own, 3u);
    let ra = subgroupBroadcast(own, 4u);
    let rb = subgroupBroadcast(own, 5u);
    // The channels' ninth taps.
    let last = subgroupBroadcast(own, 6u);
    p = Rows(
      convolve(p.a, x0, x1, x2, pa, pb, last.x),
      convolve(p.b, x1, x2, x3, pa, pb, last.x),
      convolve(p.c, x2, x3, x4, pa, pb, last.x),
      convolve(p.d, x3, x4, x5, pa, pb, last.x),
    );
    q = Rows(
      convolve(q.a, x0, x1, x2, qa, qb, last.y),
      convolve(q.b, x1, x2, x3, qa, qb, last.y),
      convolve(q.c, x2, x3, x4, qa, qb, last.y),
      convolve(q.d, x3, x4, x5, qa, qb, last.y),
    );
    r = Rows(
      convolve(r.a, x0, x1, x2, ra, rb, last.z),
      convolve(r.b, x1, x2, x3, ra, rb, last.z),
      convolve(r.c, x2, x3, x4, ra, rb, last.z),
      convolve(r.d, x3, x4, x5, ra, rb, last.z),
    );
  }

  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  let outputs = i32(sizes.outChannels);
  if (column >= width) {
    return;
  }
  let count = min(i32(sizes.rows), height - row);
  for (var i = 0; i < count; i++) {
    let to = (image * outputs * height + row + i) * width + column;
    store(to, pick(i, p));
    if (outputs > 1) {
      store(to + height * width, pick(i, q));
    }
    if (outputs > 2) {
      store(to + 2 * height * width, pick(i, r));
    }
  }
}
