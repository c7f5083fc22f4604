// With parts/eight_by_eight.wgsl, parts/gram_feature.wgsl.
// df[i, k] = sum over j of s[j, i] f[j, k]; added to what df holds when ACCUMULATE is 1.
//
// f, df: M rows of K4 vec4s; s: symmetric, rows of WIDTH4 vec4s, a multiple of 16, zero beyond M (see
// gram_symmetrise.wgsl). A workgroup makes 64 rows x 64 columns from blocks of 16 rows j in workgroup memory.
const TILE4 = 16u;
const STEP = 16u;
override M: u32 = 1u;
override K4: u32 = 1u;
override WIDTH4: u32 = 16u;
override ACCUMULATE: u32 = 0u;

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<storage, read> s: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> df: array<vec4f>;

var<workgroup> factors: array<vec4f, STEP * TILE4>;
var<workgroup> features: array<vec4f, STEP * TILE4>;

fn store(row: u32, k: u32, value: vec4f) {
  if (row < M && k < K4) {
    if (ACCUMULATE == 1u) {
      df[row * K4 + k] += value;
    } else {
      df[row * K4 + k] = value;
    }
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let k0 = (group.z * groups.x + group.x) * TILE4;
  let i0 = group.y * TILE4;
  let li = lane / 8u;
  let lk = lane % 8u;
  var sums = Sums();
  // 0: a start known only at run time keeps compilers from unrolling these loops.
  let start = select(0u, 1u, groups.x == 0u);
  for (var j0 = start; j0 < M; j0 += STEP) {
    for (var t = lane; t < STEP * TILE4; t += 64u) {
      factors[t] = s[(j0 + t / TILE4) * WIDTH4 + i0 + t % TILE4];
      features[t] = feature(j0 + t / TILE4, k0 + t % TILE4, K4);
    }
    workgroupBarrier();
    let steps = min(STEP, M - j0);
    for (var j = 0u; j < steps; j++) {
      let i = j * TILE4 + li;
      let k = j * TILE4 + lk;
      sums = add(Eight(factors[i], factors[i + 8u]), Eight(features[k], features[k + 8u]), sums);
    }
    workgroupBarrier();
  }
  var outputs = listed(sums);
  // Eight, which the compiler is not to know: it would unroll all these stores.
  let count = min(8u, 8u * groups.x);
  for (var t = 0u; t < count; t++) {
    let row = 4u * i0 + place(t, li);
    store(row, k0 + lk, outputs[t].a);
    store(row, k0 + lk + 8u, outputs[t].b);
  }
}
