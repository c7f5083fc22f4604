// With parts/gram_rows.wgsl.
enable subgroups;
// G[i, j] = scale * sum over k of f[i, k] f[j, k], for j >= i, stored at (j, i) too where `mirror` is 1.
//
// f: a strip of the columns k of m rows, in blocks of `width` vec4s: block, row, column (see texel-strips.ts); `count` vec4s
// of a row are in use. A workgroup is one subgroup of eight. On the diagonal it makes 64 x 64 outputs, of which those
// below it are not computed, and beside it 64 x 32. Each lane loads the next four columns of eight rows i, and beside
// the diagonal of four rows j, and every row i is then handed to all lanes: made for processors, where a load costs more
// than arithmetic, and one of a texel less than one of a buffer. Slice z takes slice4 vec4s of k, all in one block, and
// writes its own m x m matrix, number `first` + z of g.
// Sizes are no constants: all shapes share a pipeline, since processors take long to compile so many registers.

const LANES = 8u;
const TILE = 8u * LANES;
const HALF = 4u * LANES;

struct Sizes {
  m: f32,
  width: f32,
  count: f32,
  slice4: f32,
  first: f32,
  scale: f32,
  mirror: f32,
  // 8 and 4; numbers that the compiler is not to know.
  registers: f32,
  four: f32,
}

@group(0) @binding(0) var<storage, read> f: array<vec4f>;
@group(0) @binding(1) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;

fn either(no: Sums, yes: Sums, condition: bool) -> Sums {
  return Sums(
    select(no[0], yes[0], condition),
    select(no[1], yes[1], condition),
    select(no[2], yes[2], condition),
    select(no[3], yes[3], condition),
    select(no[4], yes[4], condition),
    select(no[5], yes[5], condition),
    select(no[6], yes[6], condition),
    select(no[7], yes[7], condition),
  );
}

fn pick(q: u32, a: Sums, b: Sums, c: Sums, d: Sums) -> Sums {
  return either(either(d, c, q == 2u), either(b, a, q == 0u), q < 2u);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let m = u32(sizes.m);
  // Row by row of 64 the tile on the diagonal and the halves of those behind it, and no other: where workgroups are dealt
  // out to threads beforehand, those that have nothing to do would leave a thread without work.
  var tile = group.y * groups.x + group.x;
  var behind = 2u * ((m + TILE - 1u) / TILE) - 2u;
  var i0 = 0u;
  while (i0 < m && tile > behind) {
    tile -= behind + 1u;
    behind -= min(behind, 2u);
    i0 += TILE;
  }
  if (i0 >= m) { // a folded grid may have workgroups past the end
    return;
  }
  let diagonal = tile == 0u;
  let j0 = select(i0 + HALF + tile * HALF, i0, diagonal);
  let width = u32(sizes.width);
  let k0 = group.z * u32(sizes.slice4);
  let count = min(u32(sizes.slice4), u32(sizes.count) - k0);
  let block = k0 / width * m;
  // Rows beyond the last read the last one; what comes of them is not stored.
  let rows = lane + vec4u(0u, LANES, 2u * LANES, 3u * LANES);
  let last = vec4u(m - 1u);
  let low = (block + min(i0 + rows, last)) * width + k0 % width;
  let high = (block + min(i0 + HALF + rows, last)) * width + k0 % width;
  let side = (block + min(j0 + rows, last)) * width + k0 % width;
  var low0: Sums;
  var low1: Sums;
  var low2: Sums;
  var low3: Sums;
  var low4: Sums;
  var low5: Sums;
  var low6: Sums;
  var low7: Sums;
  // On the diagonal, the products with the second half of the rows j.
  var high0: Sums;
  var high1: Sums;
  var high2: Sums;
  var high3: Sums;
  var high4: Sums;
  var high5: Sums;
  var high6: Sums;
  var high7: Sums;
  if (diagonal) {
    // The rows i are the rows j: a third of the loads, and of 64 blocks of products the 36 on and above the diagonal.
    for (var k = 0u; k < count; k++) {
      let upper = fours(low + k);
      let lower = fours(high + k);
      let j = transpose(upper);
      let behind_j = transpose(lower);
      multiply(0u, upper[0], j, &low0);
      multiply(0u, upper[0], behind_j, &high0);
      multiply(1u, upper[1], j, &low1);
      multiply(0u, upper[1], behind_j, &high1);
      multiply(2u, upper[2], j, &low2);
      multiply(0u, upper[2], behind_j, &high2);
      multiply(3u, upper[3], j, &low3);
      multiply(0u, upper[3], behind_j, &high3);
      multiply(0u, lower[0], behind_j, &high4);
      multiply(1u, lower[1], behind_j, &high5);
      multiply(2u, lower[2], behind_j, &high6);
      multiply(3u, lower[3], behind_j, &high7);
    }
  } else {
    for (var k = 0u; k < count; k++) {
      let j = transpose(fours(side + k));
      let upper = fours(low + k);
      multiply(0u, upper[0], j, &low0);
      multiply(0u, upper[1], j, &low1);
      multiply(0u, upper[2], j, &low2);
      multiply(0u, upper[3], j, &low3);
      let lower = fours(high + k);
      multiply(0u, lower[0], j, &low4);
      multiply(0u, lower[1], j, &low5);
      multiply(0u, lower[2], j, &low6);
      multiply(0u, lower[3], j, &low7);
    }
  }
  // A loop, for a guarded store costs a compiler of processors as much as a hundred multiply-adds.
  let base = (u32(sizes.first) + group.z) * m * m;
  let end = min(m, j0 + select(HALF, TILE, diagonal));
  for (var q = 0u; q < u32(sizes.registers); q++) {
    let second = q >= 4u;
    let low = either(pick(q, low0, low1, low2, low3), pick(q - 4u, low4, low5, low6, low7), second);
    let high = either(pick(q, high0, high1, high2, high3), pick(q - 4u, high4, high5, high6, high7), second);
    var outputs = array<Sums, 2>(low, high);
    for (var t = 0u; t < 2u * u32(sizes.registers); t++) {
      let row = i0 + q * LANES + t / 2u;
      let products = sizes.scale * outputs[t % 2u][t / 2u];
      for (var r = 0u; r < u32(sizes.four); r++) {
        let column = j0 + lane + (t % 2u * 4u + r) * LANES;
        if (row <= column && column < end) {
          g[base + row * m + column] = products[r];
          if (sizes.mirror == 1.0) {
            g[base + column * m + row] = products[r];
          }
        }
      }
    }
  }
}
