// df[i, k] = SCALE * sum over j of (dy[i, j] + dy[j, i]) f[j, k]; added to what df holds when ACCUMULATE is 1.
//
// f, df: M rows of K numbers; dy: M x M. A workgroup makes 64 rows x 64 columns, every invocation 4 x 4 of them
// in registers, from blocks of STEP values of j staged in workgroup memory.
const TILE = 64u;
const SIDE = 16u;
const EACH = 4u;
const STEP = 16u;
override M: u32 = 1u;
override K: u32 = 1u;
override SCALE: f32 = 1.0;
override ACCUMULATE: u32 = 0u;

// As f is stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> f: array<Element>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> df: array<f32>;

var<workgroup> s_tile: array<f32, STEP * TILE>;
var<workgroup> f_tile: array<f32, STEP * TILE>;

fn weight(i: u32, j: u32) -> f32 {
  if (i < M) {
    return dy[j * M + i] + dy[i * M + j];
  }
  return 0.0;
}

fn feature(j: u32, k: u32) -> f32 {
  if (k < K) {
    return f32(f[j * K + k]);
  }
  return 0.0;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let k0 = group.x * TILE;
  let i0 = group.y * TILE;
  let li = lane / SIDE;
  let lk = lane % SIDE;
  var acc: array<f32, EACH * EACH>;
  // group.z is 0: a start known only at run time keeps compilers from unrolling these loops.
  for (var j0 = group.z; j0 < M; j0 += STEP) {
    let steps = min(STEP, M - j0);
    for (var t = lane; t < steps * TILE; t += 256u) {
      s_tile[t] = weight(i0 + t % TILE, j0 + t / TILE);
      f_tile[t] = feature(j0 + t / TILE, k0 + t % TILE);
    }
    workgroupBarrier();
    for (var j = 0u; j < steps; j++) {
      var w: array<f32, EACH>;
      for (var t = 0u; t < EACH; t++) {
        w[t] = s_tile[j * TILE + t * SIDE + li];
      }
      for (var c = 0u; c < EACH; c++) {
        let x = f_tile[j * TILE + c * SIDE + lk];
        for (var r = 0u; r < EACH; r++) {
          acc[r * EACH + c] = fma(w[r], x, acc[r * EACH + c]);
        }
      }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < EACH; r++) {
    for (var c = 0u; c < EACH; c++) {
      let row = i0 + r * SIDE + li;
      let column = k0 + c * SIDE + lk;
      if (row < M && column < K) {
        let value = SCALE * acc[r * EACH + c];
        if (ACCUMULATE == 1u) {
          df[row * K + column] += value;
        } else {
          df[row * K + column] = value;
        }
      }
    }
  }
}
