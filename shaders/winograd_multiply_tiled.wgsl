// With parts/eight_by_eight.wgsl.
// The heart of Winograd's convolution for GPUs: for each of the 36 positions a matrix product over the input channels,
//   M[block][position][o][quad] = Σ_c U[position][o][c] · V[block][position][c][quad],
// a quad being a vec4 of four tiles and a block eight quads. A workgroup makes 64 output channels of the 64 tiles of two
// blocks. U and V pass through workgroup memory, STEP input channels at a time (4 KiB). U in groups of [inPadded][64] as
// laid out by winograd_pack.wgsl. Grid: (⌈blocks / 2⌉, groups of output channels, 36).

// Every invocation brings two vectors of each matrix for a step.
const STEP = 8u;

struct Sizes {
  // A multiple of STEP.
  inPadded: f32,
  blocks: f32,
}

@group(0) @binding(0) var<storage, read> transformed: array<vec4f>;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>;

// [STEP][8 quads of one block, 8 of the other].
var<workgroup> quads: array<vec4f, STEP * 16u>;
// [STEP][64 output channels].
var<workgroup> filters: array<vec4f, STEP * 16u>;

// One output channel's quads of both blocks, a block being `far` behind the other; there may be no other.
fn store(at: u32, far: u32, both: bool, value: Eight) {
  products[at] = value.a;
  if (both) {
    products[at + far] = value.b;
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let channels = u32(sizes.inPadded);
  let block = group.x * 2u;
  let both = block + 1u < u32(sizes.blocks);
  let source = (block * 36u + group.z) * channels * 8u + lane;
  // Where there is no other block the one is multiplied twice, and stored once.
  let other = source + select(0u, 36u * channels * 8u, both);
  let weight = (group.z * groups.y + group.y) * channels * 16u + lane;
  // Which rows, of output channels, and which columns, of quads, an invocation multiplies; in what it brings, likewise.
  let li = lane / 8u;
  let lj = lane % 8u;

  var sums = Sums();
  var v = Eight(transformed[source], transformed[other]);
  var u = Eight(weights[weight], weights[weight + 64u]);
  for (var c = 0u; c < channels; c += STEP) {
    quads[li * 16u + lj] = v.a;
    quads[li * 16u + 8u + lj] = v.b;
    filters[lane] = u.a;
    filters[lane + 64u] = u.b;
    workgroupBarrier();
    // On their way while this step is multiplied; after the last nobody wants them.
    let next = min(c + STEP, channels - STEP);
    v = Eight(transformed[source + next * 8u], transformed[other + next * 8u]);
    u = Eight(weights[weight + next * 16u], weights[weight + next * 16u + 64u]);
    for (var k = 0u; k < STEP; k++) {
      let i = k * 16u + li;
      let j = k * 16u + lj;
      sums = add(Eight(filters[i], filters[i + 8u]), Eight(quads[j], quads[j + 8u]), sums);
    }
    workgroupBarrier();
  }
  // Row n of an invocation's eight is channel place(n, li).
  let stride = groups.y * 64u;
  let to = ((block * 36u + group.z) * stride + group.y * 64u + li * 4u) * 8u + lj;
  let far = 36u * stride * 8u;
  store(to, far, both, sums.r0);
  store(to + 8u, far, both, sums.r1);
  store(to + 16u, far, both, sums.r2);
  store(to + 24u, far, both, sums.r3);
  store(to + 256u, far, both, sums.r4);
  store(to + 264u, far, both, sums.r5);
  store(to + 272u, far, both, sums.r6);
  store(to + 280u, far, both, sums.r7);
}
