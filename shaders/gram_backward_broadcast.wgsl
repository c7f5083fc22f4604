enable subgroups;
// df[i, k] = sum over j of s[j, i] f[j, k]; added to what df holds where `accumulate` is 1.
//
// f, df: rows of k4 vec4s, m of them; s: symmetric, rows of width4 vec4s, a multiple of 8, zero beyond m (see
// gram_symmetrise.wgsl). A workgroup is one subgroup and makes 32 rows i of 2 LANES vec4s of k, each lane two of
// every row. Its lanes load the 32 numbers of s that a j needs together, four each, and hand them round by
// broadcasts: made for processors, where loads cost more than arithmetic.
// Sizes are no constants: all shapes share a pipeline, since processors take long to compile so many registers.

// Of a subgroup: 8 or 16.
const LANES = 8u;

struct Sizes {
  m: f32,
  k4: f32,
  width4: f32,
  accumulate: f32,
  // As many as a workgroup makes, 32; a number that the compiler is not to know.
  rows: f32,
}

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<storage, read> s: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> df: array<vec4f>;

/// Two vec4s of one row of f.
struct Pair {
  a: vec4f,
  b: vec4f,
}

/// Two vec4s of four rows of df.
struct Sums {
  x: Pair,
  y: Pair,
  z: Pair,
  w: Pair,
}

fn fma_pair(factor: f32, x: Pair, sum: Pair) -> Pair {
  return Pair(fma(vec4f(factor), x.a, sum.a), fma(vec4f(factor), x.b, sum.b));
}

fn add(s: vec4f, x: Pair, sums: Sums) -> Sums {
  return Sums(
    fma_pair(s.x, x, sums.x),
    fma_pair(s.y, x, sums.y),
    fma_pair(s.z, x, sums.z),
    fma_pair(s.w, x, sums.w),
  );
}

/// One lane's vec4s, two of each of 32 rows.
alias Outputs = array<vec4f, 64>;

fn keep(i: u32, sums: Sums, outputs: ptr<function, Outputs>) {
  (*outputs)[2u * i] = sums.x.a;
  (*outputs)[2u * i + 1u] = sums.x.b;
  (*outputs)[2u * i + 2u] = sums.y.a;
  (*outputs)[2u * i + 3u] = sums.y.b;
  (*outputs)[2u * i + 4u] = sums.z.a;
  (*outputs)[2u * i + 5u] = sums.z.b;
  (*outputs)[2u * i + 6u] = sums.w.a;
  (*outputs)[2u * i + 7u] = sums.w.b;
}

fn store(at: u32, value: vec4f) {
  if (sizes.accumulate == 1.0) {
    df[at] += value;
  } else {
    df[at] = value;
  }
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
  let k = (group.z * groups.x + group.x) * 2u * LANES + lane;
  // Beyond the last column or row the last is read; it is not stored, or s is zero there.
  let a = min(k, k4 - 1u);
  let b = min(k + LANES, k4 - 1u);
  var s0 = Sums();
  var s1 = Sums();
  var s2 = Sums();
  var s3 = Sums();
  var s4 = Sums();
  var s5 = Sums();
  var s6 = Sums();
  var s7 = Sums();
  // Sixteen lanes load s for two values of j.
  var weight = (lane / 8u) * width4 + group.y * 8u + lane % 8u;
  for (var j = 0u; j < m; j += LANES / 8u) {
    let w = s[weight];
    weight += (LANES / 8u) * width4;
    let x = Pair(vec4f(f[j * k4 + a]), vec4f(f[j * k4 + b]));
    s0 = add(subgroupBroadcast(w, 0u), x, s0);
    s1 = add(subgroupBroadcast(w, 1u), x, s1);
    s2 = add(subgroupBroadcast(w, 2u), x, s2);
    s3 = add(subgroupBroadcast(w, 3u), x, s3);
    s4 = add(subgroupBroadcast(w, 4u), x, s4);
    s5 = add(subgroupBroadcast(w, 5u), x, s5);
    s6 = add(subgroupBroadcast(w, 6u), x, s6);
    s7 = add(subgroupBroadcast(w, 7u), x, s7);
    if (LANES == 16u) {
      let next = min(j + 1u, m - 1u) * k4;
      let y = Pair(vec4f(f[next + a]), vec4f(f[next + b]));
      s0 = add(subgroupBroadcast(w, 8u), y, s0);
      s1 = add(subgroupBroadcast(w, 9u), y, s1);
      s2 = add(subgroupBroadcast(w, 10u), y, s2);
      s3 = add(subgroupBroadcast(w, 11u), y, s3);
      s4 = add(subgroupBroadcast(w, 12u), y, s4);
      s5 = add(subgroupBroadcast(w, 13u), y, s5);
      s6 = add(subgroupBroadcast(w, 14u), y, s6);
      s7 = add(subgroupBroadcast(w, 15u), y, s7);
    }
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
  // A loop, for a guarded store costs a compiler of processors as much as a hundred multiply-adds.
  for (var t = 0u; t < u32(sizes.rows); t++) {
    let i = group.y * 32u + t;
    if (i < m && k < k4) {
      store(i * k4 + k, outputs[2u * t]);
    }
    if (i < m && k + LANES < k4) {
      store(i * k4 + k + LANES, outputs[2u * t + 1u]);
    }
  }
}
