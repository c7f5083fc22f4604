// With parts/gram_columns.wgsl.
enable subgroups;
// df[i, k] = sum over j of s[j, i] f[j, k]; added to what df holds where `accumulate` is 1.
//
// f: a strip of the columns k of m rows, in blocks of `width` vec4s: block, row, column (see texel-strips.ts); `count` vec4s
// of a row are in use, and df, rows of k4 vec4s, has the first of them at column `first`. s: symmetric, rows of width4
// vec4s, a multiple of 16, zero beyond m (see gram_symmetrise.wgsl). A workgroup is one subgroup of eight and makes 64
// rows i of sixteen vec4s of k, each lane two of every row. Its lanes load the 64 numbers of s that a j needs together,
// four and four each, and hand them round for both: made for processors, where a load costs more than arithmetic, and
// one of a texel less than one of a buffer. Two j at a time, since sums that cross the edge of a loop are masked and
// stored there, which costs as much as the multiply-adds of two; with three, or three vec4s a lane, the loop outgrows
// the instruction cache.
// Sizes are no constants: all shapes share a pipeline, since processors take long to compile so many registers.
const LANES = 8u;

struct Sizes {
  m: f32,
  width: f32,
  count: f32,
  first: f32,
  k4: f32,
  width4: f32,
  accumulate: f32,
  // 4, a number that the compiler is not to know: a loop that it does not unroll.
  turns: f32,
}

@group(0) @binding(0) var<storage, read> f: array<vec4f>;
@group(0) @binding(1) var<storage, read> s: array<vec4f>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> df: array<vec4f>;

/// Four rows of both of a lane's vec4s.
struct Both {
  left: Rows,
  right: Rows,
}

/// 32 rows of them.
struct Sums {
  a: Both,
  b: Both,
  c: Both,
  d: Both,
  e: Both,
  f: Both,
  g: Both,
  h: Both,
}

/// The four columns of s that lane `owner` has loaded times both vec4s.
fn add_both(sums: Both, s: Pair, owner: u32, left: Pair, right: Pair) -> Both {
  let columns = handed(s, owner);
  return Both(add(sums.left, columns, left), add(sums.right, columns, right));
}

fn add_all(sums: Sums, s: Pair, left: Pair, right: Pair) -> Sums {
  return Sums(
    add_both(sums.a, s, 0u, left, right),
    add_both(sums.b, s, 1u, left, right),
    add_both(sums.c, s, 2u, left, right),
    add_both(sums.d, s, 3u, left, right),
    add_both(sums.e, s, 4u, left, right),
    add_both(sums.f, s, 5u, left, right),
    add_both(sums.g, s, 6u, left, right),
    add_both(sums.h, s, 7u, left, right),
  );
}

fn side(sums: Both, right: bool) -> Rows {
  return either(sums.left, sums.right, right);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let m = u32(sizes.m);
  let width = u32(sizes.width);
  let count = u32(sizes.count);
  let width4 = u32(sizes.width4);
  // All rows of the same columns follow each other, so that a cache has what they share.
  let part = (group.z * groups.y + group.y) * 2u * LANES;
  if (part >= count) { // a folded grid may have workgroups past the end
    return;
  }
  // Beyond the last column or row the last is read; it is not stored, or s is zero there.
  let left_k = min(part + lane, count - 1u);
  let right_k = min(part + LANES + lane, count - 1u);
  let block = part / width * m;
  let row = block * width;
  let left_column = row + left_k % width;
  let right_column = row + right_k % width;
  var upper = Sums();
  var lower = Sums();
  var weight = group.x * 16u + lane;
  for (var j = 0u; j < m; j += 2u) {
    let second = min(j + 1u, m - 1u) * width;
    let left = Pair(f[left_column + j * width], f[left_column + second]);
    let right = Pair(f[right_column + j * width], f[right_column + second]);
    upper = add_all(upper, Pair(s[weight], s[weight + width4]), left, right);
    lower = add_all(lower, Pair(s[weight + 8u], s[weight + 8u + width4]), left, right);
    weight += 2u * width4;
  }
  let k4 = u32(sizes.k4);
  let turns = u32(sizes.turns);
  for (var t = 0u; t < 2u * turns; t++) {
    let k = part + t / turns * LANES + lane;
    let q = t % turns;
    let beside = t >= turns;
    let a = pick(q, side(upper.a, beside), side(upper.e, beside), side(lower.a, beside), side(lower.e, beside));
    let b = pick(q, side(upper.b, beside), side(upper.f, beside), side(lower.b, beside), side(lower.f, beside));
    let c = pick(q, side(upper.c, beside), side(upper.g, beside), side(lower.c, beside), side(lower.g, beside));
    let d = pick(q, side(upper.d, beside), side(upper.h, beside), side(lower.d, beside), side(lower.h, beside));
    for (var r = 0u; r < turns; r++) {
      let i = group.x * 64u + q * 16u + r * 4u;
      if (k < count && i < m) {
        store(i * k4 + u32(sizes.first) + k, k4, m - i, pick(r, a, b, c, d));
      }
    }
  }
}
