// With parts/quartets.wgsl.
//
// The shader declares df, rows of vec4f, and `sizes` with `accumulate`.
//
// Rows of s·f, of which the lanes of a subgroup hold a vec4 of columns each: sums over two rows j at a time.

/// A lane's vec4 of four rows.
alias Rows = Quartet;

/// Of two rows j: a vec4 of f, or four columns of s.
struct Pair {
  x: vec4f,
  y: vec4f,
}

/// The four columns of s that lane `owner` has loaded.
fn handed(s: Pair, owner: u32) -> Pair {
  return Pair(subgroupShuffle(s.x, owner), subgroupShuffle(s.y, owner));
}

/// Four columns of s times a vec4 of f. What the two j give is added up first, for shorter sums.
fn add(sums: Rows, s: Pair, f: Pair) -> Rows {
  return Rows(
    sums.x + fma(vec4f(s.y.x), f.y, s.x.x * f.x),
    sums.y + fma(vec4f(s.y.y), f.y, s.x.y * f.x),
    sums.z + fma(vec4f(s.y.z), f.y, s.x.z * f.x),
    sums.w + fma(vec4f(s.y.w), f.y, s.x.w * f.x),
  );
}

/// Stores as many of four rows as are `left`, `stride` apart from `at` on, or adds them to what is there. By fours, since a
/// processor waits for four loads as long as for one.
fn store(at: u32, stride: u32, left: u32, rows: Rows) {
  let adds = sizes.accumulate == 1.0;
  if (left >= 4u) {
    var sums = rows;
    if (adds) {
      let before = Rows(df[at], df[at + stride], df[at + 2u * stride], df[at + 3u * stride]);
      sums = Rows(before.x + sums.x, before.y + sums.y, before.z + sums.z, before.w + sums.w);
    }
    df[at] = sums.x;
    df[at + stride] = sums.y;
    df[at + 2u * stride] = sums.z;
    df[at + 3u * stride] = sums.w;
  } else {
    for (var r = 0u; r < left; r++) {
      let last = at + r * stride;
      df[last] = select(vec4f(), df[last], adds) + select(select(rows.z, rows.y, r == 1u), rows.x, r == 0u);
    }
  }
}
