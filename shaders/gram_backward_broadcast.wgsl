enable subgroups;
// df[i, k] = sum over j of s[j, i] f[j, k]; added to what df holds where `accumulate` is 1.
//
// f, df: rows of k4 vec4s, m of them; s: symmetric, rows of width4 vec4s, a multiple of 8, zero beyond m (see
// gram_symmetrise.wgsl). A workgroup is one subgroup and makes 32 rows i of LANES vec4s of k, each lane one of every row.
// Its lanes load the 32 numbers of s that a j needs together, four each, and hand them round by broadcasts: made for
// processors, where loads cost more than arithmetic. Four j at a time, since sums that cross the edge of a loop are
// masked and stored there, which costs as much as the multiply-adds of two.
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

/// A lane's vec4 of four rows: of f, or of df.
struct Rows {
  x: vec4f,
  y: vec4f,
  z: vec4f,
  w: vec4f,
}

fn add_one(s: vec4f, f: vec4f, sums: Rows) -> Rows {
  return Rows(
    fma(vec4f(s.x), f, sums.x),
    fma(vec4f(s.y), f, sums.y),
    fma(vec4f(s.z), f, sums.z),
    fma(vec4f(s.w), f, sums.w),
  );
}

/// Four rows of s, four columns each, times four rows of f.
fn add(a: vec4f, b: vec4f, c: vec4f, d: vec4f, f: Rows, sums: Rows) -> Rows {
  return add_one(d, f.w, add_one(c, f.z, add_one(b, f.y, add_one(a, f.x, sums))));
}

/// One lane's vec4s, one of each of 32 rows.
alias Outputs = array<vec4f, 32>;

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
  // Sixteen lanes load s for two values of j.
  var weight = (lane / 8u) * width4 + group.x * 8u + lane % 8u;
  for (var j = 0u; j < m; j += 4u) {
    let at = min(j + vec4u(0u, 1u, 2u, 3u), vec4u(m - 1u)) * k4 + column;
    let x = Rows(vec4f(f[at.x]), vec4f(f[at.y]), vec4f(f[at.z]), vec4f(f[at.w]));
    if (LANES == 8u) {
      let a = s[weight];
      let b = s[weight + width4];
      let c = s[weight + 2u * width4];
      let d = s[weight + 3u * width4];
      s0 = add(
        subgroupBroadcast(a, 0u),
        subgroupBroadcast(b, 0u),
        subgroupBroadcast(c, 0u),
        subgroupBroadcast(d, 0u),
        x,
        s0,
      );
      s1 = add(
        subgroupBroadcast(a, 1u),
        subgroupBroadcast(b, 1u),
        subgroupBroadcast(c, 1u),
        subgroupBroadcast(d, 1u),
        x,
        s1,
      );
      s2 = add(
        subgroupBroadcast(a, 2u),
        subgroupBroadcast(b, 2u),
        subgroupBroadcast(c, 2u),
        subgroupBroadcast(d, 2u),
        x,
        s2,
      );
      s3 = add(
        subgroupBroadcast(a, 3u),
        subgroupBroadcast(b, 3u),
        subgroupBroadcast(c, 3u),
        subgroupBroadcast(d, 3u),
        x,
        s3,
      );
      s4 = add(
        subgroupBroadcast(a, 4u),
        subgroupBroadcast(b, 4u),
        subgroupBroadcast(c, 4u),
        subgroupBroadcast(d, 4u),
        x,
        s4,
      );
      s5 = add(
        subgroupBroadcast(a, 5u),
        subgroupBroadcast(b, 5u),
        subgroupBroadcast(c, 5u),
        subgroupBroadcast(d, 5u),
        x,
        s5,
      );
      s6 = add(
        subgroupBroadcast(a, 6u),
        subgroupBroadcast(b, 6u),
        subgroupBroadcast(c, 6u),
        subgroupBroadcast(d, 6u),
        x,
        s6,
      );
      s7 = add(
        subgroupBroadcast(a, 7u),
        subgroupBroadcast(b, 7u),
        subgroupBroadcast(c, 7u),
        subgroupBroadcast(d, 7u),
        x,
        s7,
      );
    } else {
      let ab = s[weight];
      let cd = s[weight + 2u * width4];
      s0 = add(
        subgroupBroadcast(ab, 0u),
        subgroupBroadcast(ab, 8u),
        subgroupBroadcast(cd, 0u),
        subgroupBroadcast(cd, 8u),
        x,
        s0,
      );
      s1 = add(
        subgroupBroadcast(ab, 1u),
        subgroupBroadcast(ab, 9u),
        subgroupBroadcast(cd, 1u),
        subgroupBroadcast(cd, 9u),
        x,
        s1,
      );
      s2 = add(
        subgroupBroadcast(ab, 2u),
        subgroupBroadcast(ab, 10u),
        subgroupBroadcast(cd, 2u),
        subgroupBroadcast(cd, 10u),
        x,
        s2,
      );
      s3 = add(
        subgroupBroadcast(ab, 3u),
        subgroupBroadcast(ab, 11u),
        subgroupBroadcast(cd, 3u),
        subgroupBroadcast(cd, 11u),
        x,
        s3,
      );
      s4 = add(
        subgroupBroadcast(ab, 4u),
        subgroupBroadcast(ab, 12u),
        subgroupBroadcast(cd, 4u),
        subgroupBroadcast(cd, 12u),
        x,
        s4,
      );
      s5 = add(
        subgroupBroadcast(ab, 5u),
        subgroupBroadcast(ab, 13u),
        subgroupBroadcast(cd, 5u),
        subgroupBroadcast(cd, 13u),
        x,
        s5,
      );
      s6 = add(
        subgroupBroadcast(ab, 6u),
        subgroupBroadcast(ab, 14u),
        subgroupBroadcast(cd, 6u),
        subgroupBroadcast(cd, 14u),
        x,
        s6,
      );
      s7 = add(
        subgroupBroadcast(ab, 7u),
        subgroupBroadcast(ab, 15u),
        subgroupBroadcast(cd, 7u),
        subgroupBroadcast(cd, 15u),
        x,
        s7,
      );
    }
    weight += 4u * width4;
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
    let i = group.x * 32u + t;
    if (i < m && k < k4) {
      if (sizes.accumulate == 1.0) {
        df[i * k4 + k] += outputs[t];
      } else {
        df[i * k4 + k] = outputs[t];
      }
    }
  }
}
