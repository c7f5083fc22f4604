// With parts/quartets.wgsl.
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
