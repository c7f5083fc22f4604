// The heart of Winograd's convolution: for each of the 36 positions a matrix product over the input channels,
//   M[block][position][o][quad] = Σ_c U[position][o][c] · V[block][position][c][quad],
// a quad being a vec4 of four tiles and a block eight quads, one for each lane. U comes from a uniform buffer, in groups
// of [inPadded][32] as laid out by winograd_pack.wgsl. An invocation makes its quad of 32 output channels.
// Each lane loads all weights for itself; see winograd_multiply_broadcast.wgsl for adapters with subgroups of eight.
// Grid: (blocks, 1, groups in this binding).

// The length of the uniform binding, which may reach beyond the groups of this dispatch.
const BINDING_VECTORS: u32 = 1024u;

struct Sizes {
  inPadded: f32,
  // Groups of 32 output channels to a position, and the number of this binding's first group.
  outGroups: f32,
  firstGroup: f32,
}

// Four output channels.
struct Sums {
  x: vec4f,
  y: vec4f,
  z: vec4f,
  w: vec4f,
}

// One quad of two input channels.
struct Pair {
  a: vec4f,
  b: vec4f,
}

@group(0) @binding(0) var<storage, read> transformed: array<vec4f>;
@group(0) @binding(1) var<uniform> weights: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>;

// What two channels give is added up before it is added to more: for shorter sums.
fn accumulate(sums: Sums, v: Pair, a: vec4f, b: vec4f) -> Sums {
  return Sums(
    sums.x + fma(v.b, vec4f(b.x), v.a * a.x),
    sums.y + fma(v.b, vec4f(b.y), v.a * a.y),
    sums.z + fma(v.b, vec4f(b.z), v.a * a.z),
    sums.w + fma(v.b, vec4f(b.w), v.a * a.w),
  );
}

fn store(at: u32, sums: Sums) {
  products[at] = sums.x;
  products[at + 8u] = sums.y;
  products[at + 16u] = sums.z;
  products[at + 24u] = sums.w;
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  let channels = u32(sizes.inPadded);
  let groups = u32(sizes.outGroups);
  let group = u32(sizes.firstGroup) + id.z;
  let product = id.x * 36u + group / groups;
  var source = product * channels * 8u + lane;
  var weight = id.z * channels * 8u;
  var s0 = Sums();
  var s1 = Sums();
  var s2 = Sums();
  var s3 = Sums();
  var s4 = Sums();
  var s5 = Sums();
  var s6 = Sums();
  var s7 = Sums();
  // Two input channels at a time: sums then cross the loop's edge, which costs, once for two multiply-adds.
  for (var c = 0u; c < channels; c += 2u) {
    let v = Pair(transformed[source], transformed[source + 8u]);
    s0 = accumulate(s0, v, weights[weight + 0u], weights[weight + 8u]);
    s1 = accumulate(s1, v, weights[weight + 1u], weights[weight + 9u]);
    s2 = accumulate(s2, v, weights[weight + 2u], weights[weight + 10u]);
    s3 = accumulate(s3, v, weights[weight + 3u], weights[weight + 11u]);
    s4 = accumulate(s4, v, weights[weight + 4u], weights[weight + 12u]);
    s5 = accumulate(s5, v, weights[weight + 5u], weights[weight + 13u]);
    s6 = accumulate(s6, v, weights[weight + 6u], weights[weight + 14u]);
    s7 = accumulate(s7, v, weights[weight + 7u], weights[weight + 15u]);
    source += 16u;
    weight += 16u;
  }
  let to = (product * groups + group % groups) * 256u + lane;
  store(to + 0u, s0);
  store(to + 32u, s1);
  store(to + 64u, s2);
  store(to + 96u, s3);
  store(to + 128u, s4);
  store(to + 160u, s5);
  store(to + 192u, s6);
  store(to + 224u, s7);
}
