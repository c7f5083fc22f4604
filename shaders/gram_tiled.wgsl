// With parts/eight_by_eight.wgsl, parts/gram_feature.wgsl.
// G[i, j] = SCALE * sum over k of f[i, k] f[j, k], for j >= i, stored at (j, i) too when MIRROR is 1.
//
// f: M rows of K4 vec4s. A workgroup makes a 64 x 64 tile of G from blocks of 16 columns in workgroup memory, four rows to
// a vector. Slice z takes SLICE4 vec4s of k (a multiple of four) and writes its own M x M matrix in g.
const TILE = 64u;
const STEP4 = 4u;
// Vectors that a column takes in workgroup memory, and four columns: two to spare, so that neighbours store in banks of
// their own.
const COLUMN = TILE / 4u;
const PITCH = 4u * COLUMN + 2u;
const BLOCK = STEP4 * PITCH;
override M: u32 = 1u;
override K4: u32 = 1u;
override SLICE4: u32 = 4u;
override SCALE: f32 = 1.0;
override MIRROR: u32 = 1u;

// As f is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> f: array<Four>;
@group(0) @binding(1) var<storage, read_write> g: array<f32>;

// The rows i, and behind them the rows j.
var<workgroup> blocks: array<vec4f, 2u * BLOCK>;

// Four columns of four rows.
fn block(row: u32, k: u32, end: u32) -> mat4x4f {
  return transpose(mat4x4f(
    feature(row, k, end), feature(row + 1u, k, end), feature(row + 2u, k, end), feature(row + 3u, k, end),
  ));
}

fn stage(at: u32, four: mat4x4f) {
  blocks[at] = four[0];
  blocks[at + COLUMN] = four[1];
  blocks[at + 2u * COLUMN] = four[2];
  blocks[at + 3u * COLUMN] = four[3];
}

// Of an invocation's eight rows or columns, those that a column of a block holds.
fn eight(at: u32) -> Eight {
  return Eight(blocks[at], blocks[at + COLUMN / 2u]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i0 = group.x * TILE;
  let j0 = group.y * TILE;
  if (j0 < i0) {
    return;
  }
  let diagonal = i0 == j0;
  // Which block an invocation brings, and which rows and columns it multiplies.
  let rows = lane / STEP4;
  let columns = lane % STEP4;
  let brought = columns * PITCH + rows;
  let li = lane / 8u;
  let lj = select(BLOCK, 0u, diagonal) + lane % 8u;
  var sums = Sums();
  let end = min((group.z + 1u) * SLICE4, K4);
  var k0 = group.z * SLICE4;
  var a = block(i0 + 4u * rows, k0 + columns, end);
  // On the diagonal the rows j are the rows i.
  var b = mat4x4f();
  if (!diagonal) {
    b = block(j0 + 4u * rows, k0 + columns, end);
  }
  for (; k0 < end; k0 += STEP4) {
    stage(brought, a);
    if (!diagonal) {
      stage(BLOCK + brought, b);
    }
    workgroupBarrier();
    // On their way while these columns are multiplied; behind the last there are zeros.
    a = block(i0 + 4u * rows, k0 + STEP4 + columns, end);
    if (!diagonal) {
      b = block(j0 + 4u * rows, k0 + STEP4 + columns, end);
    }
    // Ends where the columns end; known only at run time, which also keeps compilers from unrolling it.
    let past = PITCH * min(STEP4, end - k0);
    if (diagonal) {
      for (var four = 0u; four < past; four += PITCH) {
        for (var at = four; at < four + 4u * COLUMN; at += COLUMN) {
          sums = add_upper(eight(at + li), eight(at + lj), sums);
        }
      }
    } else {
      for (var four = 0u; four < past; four += PITCH) {
        for (var at = four; at < four + 4u * COLUMN; at += COLUMN) {
          sums = add(eight(at + li), eight(at + lj), sums);
        }
      }
    }
    workgroupBarrier();
  }
  let base = group.z * M * M;
  var outputs = listed(sums);
  // 64, which the compiler is not to know: it would unroll all these stores.
  let count = min(64u, 64u * groups.x);
  for (var t = 0u; t < count; t++) {
    let row = i0 + place(t / 8u, li);
    let column = j0 + place(t % 8u, lane % 8u);
    if (row <= column && column < M) {
      let eight = outputs[t / 8u];
      let value = SCALE * select(eight.a[t % 4u], eight.b[t % 4u], t % 8u >= 4u);
      g[base + row * M + column] = value;
      if (MIRROR == 1u) {
        g[base + column * M + row] = value;
      }
    }
  }
}
