// With parts/quartets.wgsl.
// The heart of Winograd's convolution: for each of the 36 positions a matrix product over the input channels,
//   M[block][position][o][quad] = Σ_c U[position][o][c] · V[block][position][c][quad],
// a quad being a vec4 of four tiles and a block eight quads. U is in groups of [inPadded][64] as laid out by
// winograd_pack.wgsl. An invocation makes one quad of one group's 64 output channels.
// SPAN lanes work at a group, a quad each: eight, or where a block has no more than four or two quads in use as many as
// these, so that the others need not idle. They load the 64 weights of an input channel together, four numbers at a time,
// and hand them round: the fastest way to them where a load costs more than arithmetic, on processors posing as GPUs.
// Their compilers make one instruction of a shuffle and three of a broadcast.
// Grid: (blocks, 1, positions · ⌈groups of a position / groups of a workgroup⌉).
enable subgroups;

// 8, 4 or 2.
const SPAN: u32 = 8u;

struct Sizes {
  inPadded: f32,
  // Groups of 64 output channels to a position.
  outGroups: f32,
  // 4: a loop whose length the compiler cannot know stays one; 64 stores written out take it three times as long.
  turns: f32,
}

// Four output channels.
alias Sums = Quartet;

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

// Four channels' products with the weights of one output, added up before they are added to more: for shorter sums.
fn products_of(v: Four, a: f32, b: f32, c: f32, d: f32) -> vec4f {
  return fma(v.d, vec4f(d), fma(v.c, vec4f(c), fma(v.b, vec4f(b), v.a * a)));
}

// Of the weights, those that lane `owner` has loaded.
fn accumulate(sums: Sums, v: Four, w: Four, owner: u32) -> Sums {
  let a = subgroupShuffle(w.a, owner);
  let b = subgroupShuffle(w.b, owner);
  let c = subgroupShuffle(w.c, owner);
  let d = subgroupShuffle(w.d, owner);
  return Sums(
    sums.x + products_of(v, a.x, b.x, c.x, d.x),
    sums.y + products_of(v, a.y, b.y, c.y, d.y),
    sums.z + products_of(v, a.z, b.z, c.z, d.z),
    sums.w + products_of(v, a.w, b.w, c.w, d.w),
  );
}

// Four input channels' weights of four outputs, the lane's own of those that the lanes of a group load together.
fn weights_at(at: u32) -> Four {
  return Four(weights[at], weights[at + 16u], weights[at + 32u], weights[at + 48u]);
}

// Those for accumulation k of a turn: after each SPAN of them the lanes have handed round what they had.
fn next(k: u32, w: Four, at: u32) -> Four {
  if (k % SPAN == 0u) {
    return weights_at(at + k);
  }
  return w;
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
  let side_by_side = 8u / SPAN;
  let workgroups = (groups + side_by_side - 1u) / side_by_side;
  let position = id.z / workgroups;
  let group = id.z % workgroups * side_by_side + lane / SPAN;
  let quad = lane % SPAN;
  // The first of the lanes that work at the same group; a compiler is to know where that is none but the first of all.
  let first = select(lane - quad, 0u, SPAN == 8u);
  let product = id.x * 36u + position;
  var source = product * channels * 8u + quad;
  // Beyond the last group the last is read; what comes of it is not stored.
  var weight = (position * groups + min(group, groups - 1u)) * channels * 16u + quad;
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
    var w = weights_at(weight);
    s0 = accumulate(s0, v, w, first + 0u % SPAN);
    w = next(1u, w, weight);
    s1 = accumulate(s1, v, w, first + 1u % SPAN);
    w = next(2u, w, weight);
    s2 = accumulate(s2, v, w, first + 2u % SPAN);
    w = next(3u, w, weight);
    s3 = accumulate(s3, v, w, first + 3u % SPAN);
    w = next(4u, w, weight);
    s4 = accumulate(s4, v, w, first + 4u % SPAN);
    w = next(5u, w, weight);
    s5 = accumulate(s5, v, w, first + 5u % SPAN);
    w = next(6u, w, weight);
    s6 = accumulate(s6, v, w, first + 6u % SPAN);
    w = next(7u, w, weight);
    s7 = accumulate(s7, v, w, first + 7u % SPAN);
    w = next(8u, w, weight);
    s8 = accumulate(s8, v, w, first + 8u % SPAN);
    w = next(9u, w, weight);
    s9 = accumulate(s9, v, w, first + 9u % SPAN);
    w = next(10u, w, weight);
    s10 = accumulate(s10, v, w, first + 10u % SPAN);
    w = next(11u, w, weight);
    s11 = accumulate(s11, v, w, first + 11u % SPAN);
    w = next(12u, w, weight);
    s12 = accumulate(s12, v, w, first + 12u % SPAN);
    w = next(13u, w, weight);
    s13 = accumulate(s13, v, w, first + 13u % SPAN);
    w = next(14u, w, weight);
    s14 = accumulate(s14, v, w, first + 14u % SPAN);
    w = next(15u, w, weight);
    s15 = accumulate(s15, v, w, first + 15u % SPAN);
    source += 32u;
    weight += 64u;
  }
  let to = (product * groups + group) * 512u + quad;
  let turns = select(0u, u32(sizes.turns), group < groups);
  for (var t = 0u; t < turns; t++) {
    let at = to + t * 128u;
    store(at, pick(t, s0, s4, s8, s12));
    store(at + 32u, pick(t, s1, s5, s9, s13));
    store(at + 64u, pick(t, s2, s6, s10, s14));
    store(at + 96u, pick(t, s3, s7, s11, s15));
  }
}
