// With parts/gram_rows.wgsl.
enable subgroups;
// G[i, j] = scale * sum over k of f[i, k] f[j, k], for j >= i, stored at (j, i) too where `mirror` is 1.
//
// f: rows of k4 vec4s, m of them. A workgroup is one subgroup of eight and makes a tile of 32 x 32 outputs in
// registers: each lane loads the next four columns of four rows i and of four rows j, and every row i is then handed
// to all lanes. So a number that is loaded serves 32 multiply-adds: made for processors, where loads cost more than
// arithmetic. Slice z takes slice4 vec4s of k and writes its own m x m matrix in g.
// Sizes are no constants: all shapes share a pipeline, since processors take long to compile so many registers.

const LANES = 8u;
const TILE = 4u * LANES;

struct Sizes {
  m: f32,
  k4: f32,
  slice4: f32,
  scale: f32,
  mirror: f32,
  // As many as a lane has, 16 LANES; a number that the compiler is not to know.
  outputs: f32,
}

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;

/// The outputs of one lane: at [4 i + r] the tile's row i times the lane's row r.
alias Outputs = array<f32, 16u * LANES>;

fn keep(q: u32, sums: ptr<function, Sums>, outputs: ptr<function, Outputs>) {
  for (var l = 0u; l < LANES; l++) {
    for (var r = 0u; r < 4u; r++) {
      (*outputs)[4u * (q * LANES + l) + r] = (*sums)[l][r];
    }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let m = u32(sizes.m);
  // The tiles on and above the diagonal, row by row, and no other: where workgroups are dealt out to threads beforehand,
  // those that have nothing to do would leave a thread without work.
  var tile = group.y * groups.x + group.x;
  var left = (m + TILE - 1u) / TILE;
  var i0 = 0u;
  while (left > 0u && tile >= left) {
    tile -= left;
    left--;
    i0 += TILE;
  }
  if (left == 0u) { // a folded grid may have workgroups past the end
    return;
  }
  let j0 = i0 + tile * TILE;
  let k4 = u32(sizes.k4);
  let slice4 = u32(sizes.slice4);
  // Rows beyond the last read the last one; what comes of them is not stored.
  let rows = lane + vec4u(0u, LANES, 2u * LANES, 3u * LANES);
  let i = min(i0 + rows, vec4u(m - 1u)) * k4;
  let j = min(j0 + rows, vec4u(m - 1u)) * k4;
  let end = min((group.z + 1u) * slice4, k4);
  var sums0: Sums;
  var sums1: Sums;
  var sums2: Sums;
  var sums3: Sums;
  if (i0 == j0) {
    // The rows i are the rows j: half the loads, and of 16 blocks of products the 10 on and above the diagonal.
    for (var k = group.z * slice4; k < end; k++) {
      let four = fours(j + k);
      let columns = transpose(four);
      multiply(0u, four[0], columns, &sums0);
      multiply(1u, four[1], columns, &sums1);
      multiply(2u, four[2], columns, &sums2);
      multiply(3u, four[3], columns, &sums3);
    }
  } else {
    for (var k = group.z * slice4; k < end; k++) {
      let columns = transpose(fours(j + k));
      multiply(0u, vec4f(f[i.x + k]), columns, &sums0);
      multiply(0u, vec4f(f[i.y + k]), columns, &sums1);
      multiply(0u, vec4f(f[i.z + k]), columns, &sums2);
      multiply(0u, vec4f(f[i.w + k]), columns, &sums3);
    }
  }
  var outputs: Outputs;
  keep(0u, &sums0, &outputs);
  keep(1u, &sums1, &outputs);
  keep(2u, &sums2, &outputs);
  keep(3u, &sums3, &outputs);
  // A loop, for a guarded store costs a compiler of processors as much as a hundred multiply-adds.
  let base = group.z * m * m;
  for (var t = 0u; t < u32(sizes.outputs); t++) {
    let row = i0 + t / 4u;
    let column = j0 + lane + t % 4u * LANES;
    if (row <= column && column < m) {
      let product = sizes.scale * outputs[t];
      g[base + row * m + column] = product;
      if (sizes.mirror == 1.0) {
        g[base + column * m + row] = product;
      }
    }
  }
}
