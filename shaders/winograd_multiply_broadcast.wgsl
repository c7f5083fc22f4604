// The heart of Winograd's convolution: for each of the 36 positions a matrix product over the input channels,
//   M[block][position][o][quad] = Σ_c U[position][o][c] · V[block][position][c][quad],
// a quad being a vec4 of four tiles and a block eight quads, one for each lane. U is in groups of [inPadded][64] as laid
// out by winograd_pack.wgsl. An invocation makes its quad of 64 output channels.
// The lanes of a subgroup of eight load the 64 weights of an input channel together, four and four each, and hand them
// round: the fastest way to them where a load costs more than arithmetic, on processors posing as GPUs. Their compilers
// make one instruction of a shuffle and three of a broadcast.
// Grid: (blocks, 1, groups).
enable subgroups;

struct Sizes {
  inPadded: f32,
  // Groups of 64 output channels to a position.
  outGroups: f32,
  // 4: a loop whose length the compiler cannot know stays one; 64 stores written out take it three times as long.
  turns: f32,
}

// Four output channels.
struct Sums {
  x: vec4f,
  y: vec4f,
  z: vec4f,
  w: vec4f,
}

// Of each of four input channels, one quad or the weights of four outputs.
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

// Of the weights, those that lane `owner` has loaded.
fn accumulate(sums: Sums, v: Four, w: Four, owner: u32) -> Sums {
  let a = accumulate_one(sums, v.a, subgroupShuffle(w.a, owner));
  let b = accumulate_one(a, v.b, subgroupShuffle(w.b, owner));
  let c = accumulate_one(b, v.c, subgroupShuffle(w.c, owner));
  return accumulate_one(c, v.d, subgroupShuffle(w.d, owner));
}

fn store(at: u32, sums: Sums) {
  products[at] = sums.x;
  products[at + 8u] = sums.y;
  products[at + 16u] = sums.z;
  products[at + 24u] = sums.w;
}

fn either(no: Sums, yes: Sums, condition: bool) -> Sums {
  return Sums(
    select(no.x, yes.x, condition),
    select(no.y, yes.y, condition),
    select(no.z, yes.z, condition),
    select(no.w, yes.w, condition),
  );
}

fn pick(t: u32, a: Sums, b: Sums, c: Sums, d: Sums) -> Sums {
  return either(either(d, c, t == 2u), either(b, a, t == 0u), t < 2u);
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let channels = u32(sizes.inPadded);
  let groups = u32(sizes.outGroups);
  let group = id.z;
  let product = id.x * 36u + group / groups;
  var source = product * channels * 8u + lane;
  var weight = group * channels * 16u + lane;
  var s0 = Sums();
  var s1 = Sums();
  var s2 = Sums();
  var s3 = Sums();
  var s4 = Sums();
  var s5 = Sums();
  var s6 = Sums();
  var s7 = Sums();
  var s8 = Sums();
  var s9 = Sums();
  var s10 = Sums();
  var s11 = Sums();
  var s12 = Sums();
  var s13 = Sums();
  var s14 = Sums();
  var s15 = Sums();
  // Four input channels at a time: sums then cross the loop's edge, which costs, once for four multiply-adds.
  for (var i = 0u; i < channels; i += 4u) {
    let v = Four(
      transformed[source],
      transformed[source + 8u],
      transformed[source + 16u],
      transformed[source + 24u],
    );
    let low = Four(weights[weight], weights[weight + 16u], weights[weight + 32u], weights[weight + 48u]);
    s0 = accumulate(s0, v, low, 0u);
    s1 = accumulate(s1, v, low, 1u);
    s2 = accumulate(s2, v, low, 2u);
    s3 = accumulate(s3, v, low, 3u);
    s4 = accumulate(s4, v, low, 4u);
    s5 = accumulate(s5, v, low, 5u);
    s6 = accumulate(s6, v, low, 6u);
    s7 = accumulate(s7, v, low, 7u);
    let high = Four(weights[weight + 8u], weights[weight + 24u], weights[weight + 40u], weights[weight + 56u]);
    s8 = accumulate(s8, v, high, 0u);
    s9 = accumulate(s9, v, high, 1u);
    s10 = accumulate(s10, v, high, 2u);
    s11 = accumulate(s11, v, high, 3u);
    s12 = accumulate(s12, v, high, 4u);
    s13 = accumulate(s13, v, high, 5u);
    s14 = accumulate(s14, v, high, 6u);
    s15 = accumulate(s15, v, high, 7u);
    source += 32u;
    weight += 64u;
  }
  let to = (product * groups + group % groups) * 512u + lane;
  for (var t = 0u; t < u32(sizes.turns); t++) {
    let at = to + t * 128u;
    store(at, pick(t, s0, s4, s8, s12));
    store(at + 32u, pick(t, s1, s5, s9, s13));
    store(at + 64u, pick(t, s2, s6, s10, s14));
    store(at + 96u, pick(t, s3, s7, s11, s15));
  }
}
