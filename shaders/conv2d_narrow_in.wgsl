enable subgroups;
// 3×3 convolution, stride 1, one pixel of zero padding, of at most three input channels into many: VGG's first layer. An
// invocation holds the windows of 4 pixels × 2 rows of all input channels in registers and makes those pixels of every
// output channel in turn. A workgroup is a subgroup of eight lanes side by side: a row's pixels beside a lane's own come
// from its neighbours, and the lanes load an output channel's weights together, four each, and hand them round. Made for
// processors posing as GPUs, where a load costs more than arithmetic. Rows are whole vectors of four pixels. Weights as
// laid out by conv2d_narrow_pack.wgsl. Grid: (⌈width / 32⌉, ⌈height / 2⌉, images).
// The length of the uniform binding, which may reach beyond the weights.
const BINDING_VECTORS: u32 = 512u;
// Four of x's and of y's numbers: vec4h where they are stored as float16.
alias In4 = vec4f;
alias Out4 = vec4f;

struct Sizes {
  inChannels: f32,
  outChannels: f32,
  height: f32,
  // In vectors of four pixels.
  width4: f32,
}

@group(0) @binding(0) var<storage, read> x: array<In4>;
@group(0) @binding(1) var<uniform> weights: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> y: array<Out4>;

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
  return select(vec4f(), vec4f(x[at]), inside);
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

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let channels = i32(sizes.inChannels);
  let column = i32(group.x * 8u + lane);
  let row = i32(group.y) * 2;
  let image = i32(group.z);
  // A channel that there is not stands for the last; its weights are zeros.
  let p = image * channels;
  let q = p + min(1, channels - 1);
  let r = p + min(2, channels - 1);
  let p0 = run(p, row - 1, column, lane);
  let p1 = run(p, row, column, lane);
  let p2 = run(p, row + 1, column, lane);
  let p3 = run(p, row + 2, column, lane);
  let q0 = run(q, row - 1, column, lane);
  let q1 = run(q, row, column, lane);
  let q2 = run(q, row + 1, column, lane);
  let q3 = run(q, row + 2, column, lane);
  let r0 = run(r, row - 1, column, lane);
  let r1 = run(r, row, column, lane);
  let r2 = run(r, row + 1, column, lane);
  let r3 = run(r, row + 2, column, lane);

  let outputs = u32(sizes.outChannels);
  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  for (var o = 0u; o < outputs; o++) {
    let own = weights[o * 8u + lane];
    let pa = subgroupShuffle(own, 0u);
    let pb = subgroupShuffle(own, 1u);
    let qa = subgroupShuffle(own, 2u);
    let qb = subgroupShuffle(own, 3u);
    let ra = subgroupShuffle(own, 4u);
    let rb = subgroupShuffle(own, 5u);
    // The channels' ninth taps, and the bias.
    let last = subgroupShuffle(own, 6u);
    var above = convolve(vec4f(last.w), p0, p1, p2, pa, pb, last.x);
    above = convolve(above, q0, q1, q2, qa, qb, last.y);
    above = convolve(above, r0, r1, r2, ra, rb, last.z);
    var below = convolve(vec4f(last.w), p1, p2, p3, pa, pb, last.x);
    below = convolve(below, q1, q2, q3, qa, qb, last.y);
    below = convolve(below, r1, r2, r3, ra, rb, last.z);
    let to = ((image * i32(outputs) + i32(o)) * height + row) * width + column;
    if (column < width) {
      y[to] = Out4(above);
      if (row + 1 < height) {
        y[to + width] = Out4(below);
      }
    }
  }
}
