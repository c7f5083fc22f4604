// G[i, j] = SCALE * sum over k of f[i, k] f[j, k], for j >= i, stored at (j, i) too when MIRROR is 1.
//
// f: M rows of K numbers. A workgroup makes a 64 x 64 tile of G, every invocation 4 x 4 of it in registers, from
// blocks of STEP columns staged in workgroup memory. Slice z takes SLICE columns (a multiple of STEP) and writes
// its own M x M matrix in g. An invocation's rows lie SIDE apart, so that neighbours read neighbouring addresses.
const TILE = 64u;
const SIDE = 16u;
const EACH = 4u;
const STEP = 16u;
override M: u32 = 1u;
override K: u32 = 1u;
override SLICE: u32 = 16u;
override SCALE: f32 = 1.0;
override MIRROR: u32 = 1u;

// As f is stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> f: array<Element>;
@group(0) @binding(1) var<storage, read_write> g: array<f32>;

// By column, then row; one spare row against bank conflicts while storing.
var<workgroup> a_tile: array<f32, STEP * (TILE + 1u)>;
var<workgroup> b_tile: array<f32, STEP * (TILE + 1u)>;

fn element(row: u32, k: u32, end: u32) -> f32 {
  if (row < M && k < end) {
    return f32(f[row * K + k]);
  }
  return 0.0;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i0 = group.x * TILE;
  let j0 = group.y * TILE;
  if (j0 < i0) {
    return;
  }
  let li = lane / SIDE;
  let lj = lane % SIDE;
  var acc: array<f32, EACH * EACH>;
  let end = min((group.z + 1u) * SLICE, K);
  for (var k0 = group.z * SLICE; k0 < end; k0 += STEP) {
    for (var t = lane; t < STEP * TILE; t += 256u) {
      let row = t / STEP;
      let k = t % STEP;
      a_tile[k * (TILE + 1u) + row] = element(i0 + row, k0 + k, end);
      b_tile[k * (TILE + 1u) + row] = element(j0 + row, k0 + k, end);
    }
    workgroupBarrier();
    // Ends where the columns end; known only at run time, which also keeps compilers from unrolling it.
    let steps = min(STEP, end - k0);
    for (var k = 0u; k < steps; k++) {
      var a: array<f32, EACH>;
      for (var t = 0u; t < EACH; t++) {
        a[t] = a_tile[k * (TILE + 1u) + t * SIDE + li];
      }
      for (var j = 0u; j < EACH; j++) {
        let b = b_tile[k * (TILE + 1u) + j * SIDE + lj];
        for (var i = 0u; i < EACH; i++) {
          acc[i * EACH + j] = fma(a[i], b, acc[i * EACH + j]);
        }
      }
    }
    workgroupBarrier();
  }
  let base = group.z * M * M;
  for (var i = 0u; i < EACH; i++) {
    for (var j = 0u; j < EACH; j++) {
      let row = i0 + i * SIDE + li;
      let column = j0 + j * SIDE + lj;
      if (row <= column && column < M) {
        let value = SCALE * acc[i * EACH + j];
        g[base + row * M + column] = value;
        if (MIRROR == 1u) {
          g[base + column * M + row] = value;
        }
      }
    }
  }
}
