// df[i, k] = sum over j of s[j, i] f[j, k]; added to what df holds when ACCUMULATE is 1.
//
// f: M rows of K4 vec4s; s: symmetric, rows of WIDTH4 vec4s (see gram_symmetrise.wgsl); df: M rows of K numbers,
// 4 K4 - 3 <= K <= 4 K4. Each invocation makes 16 rows of 8 columns in registers, so that the 8 numbers of f and
// the 16 of s that it loads serve 128 multiply-adds. No workgroup memory: made for processors.
const LANES = 64u;
const ROWS4 = 4u;
override M: u32 = 1u;
override K: u32 = 4u;
override K4: u32 = 1u;
override WIDTH4: u32 = 1u;
override ACCUMULATE: u32 = 0u;

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<storage, read> s: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> df: array<f32>;

fn store(row: u32, column: u32, value: f32) {
  if (column >= K) {
    return;
  }
  if (ACCUMULATE == 1u) {
    df[row * K + column] += value;
  } else {
    df[row * K + column] = value;
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let k0 = group.x * 2u * LANES + lane;
  let k1 = k0 + LANES;
  if (k0 >= K4) {
    return;
  }
  let safe1 = min(k1, K4 - 1u);
  let block = group.y * ROWS4;
  var acc0: array<vec4f, 4u * ROWS4>;
  var acc1: array<vec4f, 4u * ROWS4>;
  for (var j = 0u; j < M; j++) {
    let x0 = vec4f(f[j * K4 + k0]);
    let x1 = vec4f(f[j * K4 + safe1]);
    for (var r = 0u; r < ROWS4; r++) {
      let w = s[j * WIDTH4 + block + r];
      for (var c = 0u; c < 4u; c++) {
        acc0[4u * r + c] = fma(vec4f(w[c]), x0, acc0[4u * r + c]);
        acc1[4u * r + c] = fma(vec4f(w[c]), x1, acc1[4u * r + c]);
      }
    }
  }
  for (var r = 0u; r < 4u * ROWS4; r++) {
    let row = 4u * block + r;
    if (row < M) {
      for (var c = 0u; c < 4u; c++) {
        store(row, 4u * k0 + c, acc0[r][c]);
        store(row, 4u * k1 + c, acc1[r][c]);
      }
    }
  }
}
