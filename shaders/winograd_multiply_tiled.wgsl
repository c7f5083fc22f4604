// The heart of Winograd's convolution for GPUs: for each of the 36 positions a matrix product over the input channels,
//   M[block][position][o][quad] = Σ_c U[position][o][c] · V[block][position][c][quad],
// a quad being a vec4 of four tiles and a block eight quads. A workgroup makes 64 output channels of two blocks, an
// invocation eight channels of one quad in registers. U and V pass through workgroup memory, STEP input channels at a time
// (4 KiB), from where three vectors serve 32 multiply-adds. U in groups of [inPadded][64] as laid out by
// winograd_pack.wgsl. Grid: (⌈blocks / 2⌉, groups of output channels, 36).

// Every invocation brings one vector of each matrix for a step.
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

// Of either block [STEP][8 quads].
var<workgroup> quads: array<vec4f, 2u * STEP * 8u>;
// [STEP][64 output channels].
var<workgroup> filters: array<vec4f, STEP * 16u>;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let channels = u32(sizes.inPadded);
  let blocks = u32(sizes.blocks);
  // Where there is no second block the last is multiplied twice, and stored once.
  let brought = min(group.x * 2u + lane / 64u, blocks - 1u);
  let source = (brought * 36u + group.z) * channels * 8u + lane % 64u;
  let weight = (group.z * groups.y + group.y) * channels * 16u + lane;
  // Lanes side by side share their weights.
  let half = lane / 8u % 2u;
  let quad = lane % 8u;
  let slice = lane / 16u;

  var sums: array<vec4f, 8>;
  var v = transformed[source];
  var u = weights[weight];
  for (var c = 0u; c < channels; c += STEP) {
    quads[lane] = v;
    filters[lane] = u;
    workgroupBarrier();
    // On their way while this step is multiplied; after the last nobody wants them.
    let next = min(c + STEP, channels - STEP);
    v = transformed[source + next * 8u];
    u = weights[weight + next * 16u];
    for (var k = 0u; k < STEP; k++) {
      let x = quads[half * 64u + k * 8u + quad];
      let a = filters[k * 16u + slice * 2u];
      let b = filters[k * 16u + slice * 2u + 1u];
      sums[0] = fma(x, vec4f(a.x), sums[0]);
      sums[1] = fma(x, vec4f(a.y), sums[1]);
      sums[2] = fma(x, vec4f(a.z), sums[2]);
      sums[3] = fma(x, vec4f(a.w), sums[3]);
      sums[4] = fma(x, vec4f(b.x), sums[4]);
      sums[5] = fma(x, vec4f(b.y), sums[5]);
      sums[6] = fma(x, vec4f(b.z), sums[6]);
      sums[7] = fma(x, vec4f(b.w), sums[7]);
    }
    workgroupBarrier();
  }
  let block = group.x * 2u + half;
  if (block >= blocks) {
    return;
  }
  let to = ((block * 36u + group.z) * groups.y * 64u + group.y * 64u + slice * 8u) * 8u + quad;
  for (var o = 0u; o < 8u; o++) {
    products[to + o * 8u] = sums[o];
  }
}
