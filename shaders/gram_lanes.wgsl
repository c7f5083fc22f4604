// G[i, j] = SCALE * sum over k of f[i, k] f[j, k], for j >= i, stored at (j, i) too when MIRROR is 1.
//
// f: M rows of K4 vec4s. Each invocation walks its own share of k for an 8 x 8 tile of outputs kept in
// registers, so that one load serves 32 multiply-adds; a workgroup (one tile) then adds its invocations up.
// Slice z takes SLICE4 vec4s of k and writes its own M x M matrix in g. Lanes read neighbouring addresses and
// share nothing until the end: made for processors, where workgroup memory is no faster than any other.
const LANES = 8u;
const TILE = 8u;
override M: u32 = 1u;
override K4: u32 = 1u;
override SLICE4: u32 = 1u;
override SCALE: f32 = 1.0;
override MIRROR: u32 = 1u;

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<storage, read_write> g: array<f32>;

var<workgroup> sums: array<f32, TILE * TILE * LANES>;

fn dot_add(a: vec4f, b: vec4f, sum: f32) -> f32 {
  return fma(a.x, b.x, fma(a.y, b.y, fma(a.z, b.z, fma(a.w, b.w, sum))));
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i0 = group.x * TILE;
  let j0 = group.y * TILE;
  if (j0 < i0) {
    return;
  }
  // Rows beyond the last read the last one; what comes of them is not stored.
  var rows_i: array<u32, TILE>;
  var rows_j: array<u32, TILE>;
  for (var t = 0u; t < TILE; t++) {
    rows_i[t] = min(i0 + t, M - 1u) * K4;
    rows_j[t] = min(j0 + t, M - 1u) * K4;
  }
  var acc: array<f32, TILE * TILE>;
  let end = min((group.z + 1u) * SLICE4, K4);
  for (var k = group.z * SLICE4 + lane; k < end; k += LANES) {
    var a: array<vec4f, TILE>;
    for (var t = 0u; t < TILE; t++) {
      a[t] = vec4f(f[rows_i[t] + k]);
    }
    for (var j = 0u; j < TILE; j++) {
      let b = vec4f(f[rows_j[j] + k]);
      for (var i = 0u; i < TILE; i++) {
        acc[i * TILE + j] = dot_add(a[i], b, acc[i * TILE + j]);
      }
    }
  }
  for (var t = 0u; t < TILE * TILE; t++) {
    sums[t * LANES + lane] = acc[t];
  }
  workgroupBarrier();
  for (var t = lane; t < TILE * TILE; t += LANES) {
    let i = i0 + t / TILE;
    let j = j0 + t % TILE;
    if (i > j || j >= M) {
      continue;
    }
    var sum = 0.0;
    for (var other = 0u; other < LANES; other++) {
      sum += sums[t * LANES + other];
    }
    let base = group.z * M * M;
    g[base + i * M + j] = SCALE * sum;
    if (MIRROR == 1u) {
      g[base + j * M + i] = SCALE * sum;
    }
  }
}
