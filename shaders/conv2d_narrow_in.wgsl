// With parts/narrow_runs.wgsl.
enable subgroups;
// 3×3 convolution, stride 1, one pixel of zero padding, of at most three input channels into many: VGG's first layer. An
// invocation holds the windows of 4 pixels × 4 rows of all input channels in registers and makes those pixels of every
// output channel in turn. A workgroup is a subgroup of eight lanes side by side: a row's pixels beside a lane's own come
// from its neighbours, and the lanes load an output channel's weights together, four each, and hand them round. Made for
// processors posing as GPUs, where a load costs more than arithmetic. Rows are whole vectors of four pixels. Weights as
// laid out by conv2d_narrow_pack.wgsl. Grid: (⌈width / 32⌉, ⌈height / 4⌉, images).
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

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let channels = i32(sizes.inChannels);
  let column = i32(group.x * 8u + lane);
  let row = i32(group.y) * 4;
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
  let p4 = run(p, row - 1, 4u, column, p_edges, lane);
  let p5 = run(p, row - 1, 5u, column, p_edges, lane);
  let q0 = run(q, row - 1, 0u, column, q_edges, lane);
  let q1 = run(q, row - 1, 1u, column, q_edges, lane);
  let q2 = run(q, row - 1, 2u, column, q_edges, lane);
  let q3 = run(q, row - 1, 3u, column, q_edges, lane);
  let q4 = run(q, row - 1, 4u, column, q_edges, lane);
  let q5 = run(q, row - 1, 5u, column, q_edges, lane);
  let r0 = run(r, row - 1, 0u, column, r_edges, lane);
  let r1 = run(r, row - 1, 1u, column, r_edges, lane);
  let r2 = run(r, row - 1, 2u, column, r_edges, lane);
  let r3 = run(r, row - 1, 3u, column, r_edges, lane);
  let r4 = run(r, row - 1, 4u, column, r_edges, lane);
  let r5 = run(r, row - 1, 5u, column, r_edges, lane);

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
    var a = convolve(vec4f(last.w), p0, p1, p2, pa, pb, last.x);
    a = convolve(a, q0, q1, q2, qa, qb, last.y);
    a = convolve(a, r0, r1, r2, ra, rb, last.z);
    var b = convolve(vec4f(last.w), p1, p2, p3, pa, pb, last.x);
    b = convolve(b, q1, q2, q3, qa, qb, last.y);
    b = convolve(b, r1, r2, r3, ra, rb, last.z);
    var c = convolve(vec4f(last.w), p2, p3, p4, pa, pb, last.x);
    c = convolve(c, q2, q3, q4, qa, qb, last.y);
    c = convolve(c, r2, r3, r4, ra, rb, last.z);
    var d = convolve(vec4f(last.w), p3, p4, p5, pa, pb, last.x);
    d = convolve(d, q3, q4, q5, qa, qb, last.y);
    d = convolve(d, r3, r4, r5, ra, rb, last.z);
    let to = ((image * i32(outputs) + i32(o)) * height + row) * width + column;
    if (column < width) {
      y[to] = Out4(a);
      if (row + 1 < height) {
        y[to + width] = Out4(b);
      }
      if (row + 2 < height) {
        y[to + 2 * width] = Out4(c);
      }
      if (row + 3 < height) {
        y[to + 3 * width] = Out4(d);
      }
    }
  }
}
