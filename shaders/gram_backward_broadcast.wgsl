// With parts/gram_columns.wgsl.
enable subgroups;
// df[i, k] = sum over j of s[j, i] f[j, k]; added to what df holds where `accumulate` is 1.
//
// f, df: rows of k4 vec4s, m of them; s: symmetric, rows of width4 vec4s, a multiple of 16, zero beyond m (see
// gram_symmetrise.wgsl). A workgroup is one subgroup of eight and makes 64 rows i of eight vec4s of k, each lane one of
// every row. Its lanes load the 64 numbers of s that a j needs together, four and four each, and hand them round: made
// for processors, where loads cost more than arithmetic. Two j at a time, since sums that cross the edge of a loop are
// masked and stored there, which costs as much as the multiply-adds of two; with four, the loop outgrows the instruction
// cache.
// Sizes are no constants: all shapes share a pipeline, since processors take long to compile so many registers.
const LANES = 8u;

struct Sizes {
  m: f32,
  k4: f32,
  width4: f32,
  accumulate: f32,
  // As many as a workgroup makes, 64; a number that the compiler is not to know.
  rows: f32,
}

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<storage, read> s: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> df: array<vec4f>;

/// One lane's vec4s, one of each of 64 rows.
alias Outputs = array<vec4f, 64>;

fn keep(i: u32, sums: Rows, outputs: ptr<function, Outputs>) {
  (*outputs)[i] = sums.x;
  (*outputs)[i + 1u] = sums.y;
  (*outputs)[i + 2u] = sums.z;
  (*outputs)[i + 3u] = sums.w;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let m = u32(sizes.m);
  let k4 = u32(sizes.k4);
  let width4 = u32(sizes.width4);
  // All rows of the same columns follow each other, so that a cache has what they share.
  let k = (group.z * groups.y + group.y) * LANES + lane;
  // Beyond the last column or row the last is read; it is not stored, or s is zero there.
  let column = min(k, k4 - 1u);
  var s0 = Rows();
  var s1 = Rows();
  var s2 = Rows();
  var s3 = Rows();
  var s4 = Rows();
  var s5 = Rows();
  var s6 = Rows();
  var s7 = Rows();
  var s8 = Rows();
  var s9 = Rows();
  var s10 = Rows();
  var s11 = Rows();
  var s12 = Rows();
  var s13 = Rows();
  var s14 = Rows();
  var s15 = Rows();
  var weight = group.x * 16u + lane;
  for (var j = 0u; j < m; j += 2u) {
    let x = Pair(vec4f(f[j * k4 + column]), vec4f(f[min(j + 1u, m - 1u) * k4 + column]));
    let low = Pair(s[weight], s[weight + width4]);
    s0 = add(s0, handed(low, 0u), x);
    s1 = add(s1, handed(low, 1u), x);
    s2 = add(s2, handed(low, 2u), x);
    s3 = add(s3, handed(low, 3u), x);
    s4 = add(s4, handed(low, 4u), x);
    s5 = add(s5, handed(low, 5u), x);
    s6 = add(s6, handed(low, 6u), x);
    s7 = add(s7, handed(low, 7u), x);
    let high = Pair(s[weight + 8u], s[weight + 8u + width4]);
    s8 = add(s8, handed(high, 0u), x);
    s9 = add(s9, handed(high, 1u), x);
    s10 = add(s10, handed(high, 2u), x);
    s11 = add(s11, handed(high, 3u), x);
    s12 = add(s12, handed(high, 4u), x);
    s13 = add(s13, handed(high, 5u), x);
    s14 = add(s14, handed(high, 6u), x);
    s15 = add(s15, handed(high, 7u), x);
    weight += 2u * width4;
  }
  var outputs: Outputs;
  keep(0u, s0, &outputs);
  keep(4u, s1, &outputs);
  keep(8u, s2, &outputs);
  keep(12u, s3, &outputs);
  keep(16u, s4, &outputs);
  keep(20u, s5, &outputs);
  keep(24u, s6, &outputs);
  keep(28u, s7, &outputs);
  keep(32u, s8, &outputs);
  keep(36u, s9, &outputs);
  keep(40u, s10, &outputs);
  keep(44u, s11, &outputs);
  keep(48u, s12, &outputs);
  keep(52u, s13, &outputs);
  keep(56u, s14, &outputs);
  keep(60u, s15, &outputs);
  // A loop, for a guarded store costs a compiler of processors as much as a hundred multiply-adds.
  for (var t = 0u; t < u32(sizes.rows); t += 4u) {
    let i = group.x * 64u + t;
    if (k < k4 && i < m) {
      store(i * k4 + k, k4, m - i, Rows(outputs[t], outputs[t + 1u], outputs[t + 2u], outputs[t + 3u]));
    }
  }
}
