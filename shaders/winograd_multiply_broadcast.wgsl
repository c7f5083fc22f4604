// The heart of Winograd's convolution: for each of the 36 positions a matrix product over the input channels,
//   M[block][position][o][quad] = Σ_c U[position][o][c] · V[block][position][c][quad],
// a quad being a vec4 of four tiles and a block eight quads, one for each lane. U is in groups of [inPadded][32] as laid
// out by winograd_pack.wgsl. An invocation makes its quad of 32 output channels.
// The lanes of a subgroup of eight load the 32 weights of an input channel together, four each, and hand them round:
// the fastest way to them where a load costs more than arithmetic, on processors posing as GPUs.
// Grid: (blocks, 1, groups).
enable subgroups;

struct Sizes {
  inPadded: f32,
  // Groups of 32 output channels to a position.
  outGroups: f32,
}

// Four output channels.
struct Sums {
  x: vec4f,
  y: vec4f,
  z: vec4f,
  w: vec4f,
}

// One quad of four input channels.
struct Four {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

@group(0) @binding(0) var<storage, read> transformed: array<vec4f>;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>;

fn accumulate_one(sums: Sums, v: vec4f, w: vec4f) -> Sums {
  return Sums(
    fma(v, vec4f(w.x), sums.x),
    fma(v, vec4f(w.y), sums.y),
    fma(v, vec4f(w.z), sums.z),
    fma(v, vec4f(w.w), sums.w),
  );
}

// The weights of four outputs for each of the input channels.
fn accumulate(sums: Sums, v: Four, a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> Sums {
  let half = accumulate_one(accumulate_one(sums, v.a, a), v.b, b);
  return accumulate_one(accumulate_one(half, v.c, c), v.d, d);
}

fn store(at: u32, sums: Sums) {
  products[at] = sums.x;
  products[at + 8u] = sums.y;
  products[at + 16u] = sums.z;
  products[at + 24u] = sums.w;
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let channels = u32(sizes.inPadded);
  let groups = u32(sizes.outGroups);
  let group = id.z;
  let product = id.x * 36u + group / groups;
  var source = product * channels * 8u + lane;
  var weight = group * channels * 8u + lane;
  var s0 = Sums();
  var s1 = Sums();
  var s2 = Sums();
  var s3 = Sums();
  var s4 = Sums();
  var s5 = Sums();
  var s6 = Sums();
  var s7 = Sums();
  // Four input channels at a time: sums then cross the loop's edge, which costs, once for four multiply-adds.
  for (var i = 0u; i < channels; i += 4u) {
    let v = Four(
      transformed[source],
      transformed[source + 8u],
      transformed[source + 16u],
      transformed[source + 24u],
    );
    let a = weights[weight];
    let b = weights[weight + 8u];
    let c = weights[weight + 16u];
    let d = weights[weight + 24u];
    s0 = accumulate(
      s0,
      v,
      subgroupBroadcast(a, 0u),
      subgroupBroadcast(b, 0u),
      subgroupBroadcast(c, 0u),
      subgroupBroadcast(d, 0u),
    );
    s1 = accumulate(
      s1,
      v,
      subgroupBroadcast(a, 1u),
      subgroupBroadcast(b, 1u),
      subgroupBroadcast(c, 1u),
      subgroupBroadcast(d, 1u),
    );
    s2 = accumulate(
      s2,
      v,
      subgroupBroadcast(a, 2u),
      subgroupBroadcast(b, 2u),
      subgroupBroadcast(c, 2u),
      subgroupBroadcast(d, 2u),
    );
    s3 = accumulate(
      s3,
      v,
      subgroupBroadcast(a, 3u),
      subgroupBroadcast(b, 3u),
      subgroupBroadcast(c, 3u),
      subgroupBroadcast(d, 3u),
    );
    s4 = accumulate(
      s4,
      v,
      subgroupBroadcast(a, 4u),
      subgroupBroadcast(b, 4u),
      subgroupBroadcast(c, 4u),
      subgroupBroadcast(d, 4u),
    );
    s5 = accumulate(
      s5,
      v,
      subgroupBroadcast(a, 5u),
      subgroupBroadcast(b, 5u),
      subgroupBroadcast(c, 5u),
      subgroupBroadcast(d, 5u),
    );
    s6 = accumulate(
      s6,
      v,
      subgroupBroadcast(a, 6u),
      subgroupBroadcast(b, 6u),
      subgroupBroadcast(c, 6u),
      subgroupBroadcast(d, 6u),
    );
    s7 = accumulate(
      s7,
      v,
      subgroupBroadcast(a, 7u),
      subgroupBroadcast(b, 7u),
      subgroupBroadcast(c, 7u),
      subgroupBroadcast(d, 7u),
    );
    source += 32u;
    weight += 32u;
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
