enable subgroups;
// 3×3 convolution, stride 1, one pixel of zero padding, of at most three input channels into many: VGG's first layer. An
// invocation holds the windows of 4 pixels × 2 rows of all input channels in registers and makes those pixels of every
// output channel in turn. A workgroup is a subgroup of eight lanes side by side: a row's pixels beside a lane's own come
// from its neighbours, and the lanes load an output channel's weights together, four each, and hand them round. Made for
// processors posing as GPUs, where a load costs more than arithmetic. Rows are whole vectors of four pixels. Weights as
// laid out by conv2d_narrow_pack.wgsl. Grid: (⌈width / 32⌉, ⌈height / 2⌉, images).
// The length of the uniform binding, which may reach beyond the weights.
const BINDING_VECTORS: u32 = 512u;
// x's numbers, and four of x's and of y's: f16 and vec4h where they are stored so.
alias In = f32;
alias In4 = vec4f;
alias Out4 = vec4f;

struct Sizes {
  inChannels: f32,
  outChannels: f32,
  height: f32,
  // In vectors of four pixels.
  width4: f32,
}

// One tensor, bound twice.
@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read> x4: array<In4>;
@group(0) @binding(2) var<uniform> weights: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(3) var<uniform> sizes: Sizes;
@group(0) @binding(4) var<storage, read_write> y: array<Out4>;

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

// The pixels beside the workgroup's own in four rows: left of them in lanes 0 to 3, right of them in lanes 4 to 7.
fn beside(plane: i32, row: i32, first: i32, lane: u32) -> f32 {
  return pixel(plane, row + i32(lane % 4u), select(first + 32, first - 1, lane < 4u));
}

// Row k of the four.
fn run(plane: i32, row: i32, k: u32, column: i32, edges: f32, lane: u32) -> Run {
  let m = load(plane, row + i32(k), column);
  // The outermost lanes have a neighbour on one side only.
  let before = select(subgroupShuffleUp(m.w, 1u), subgroupShuffle(edges, k), lane == 0u);
  let after = select(subgroupShuffleDown(m.x, 1u), subgroupShuffle(edges, 4u + k), lane == 7u);
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
  let first = i32(group.x) * 32;
  let p_edges = beside(p, row - 1, first, lane);
  let q_edges = beside(q, row - 1, first, lane);
  let r_edges = beside(r, row - 1, first, lane);
  let p0 = run(p, row - 1, 0u, column, p_edges, lane);
  let p1 = run(p, row - 1, 1u, column, p_edges, lane);
  let p2 = run(p, row - 1, 2u, column, p_edges, lane);
  let p3 = run(p, row - 1, 3u, column, p_edges, lane);
  let q0 = run(q, row - 1, 0u, column, q_edges, lane);
  let q1 = run(q, row - 1, 1u, column, q_edges, lane);
  let q2 = run(q, row - 1, 2u, column, q_edges, lane);
  let q3 = run(q, row - 1, 3u, column, q_edges, lane);
  let r0 = run(r, row - 1, 0u, column, r_edges, lane);
  let r1 = run(r, row - 1, 1u, column, r_edges, lane);
  let r2 = run(r, row - 1, 2u, column, r_edges, lane);
  let r3 = run(r, row - 1, 3u, column, r_edges, lane);

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
