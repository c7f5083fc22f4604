// The shader declares f, rows of vec4f or vec4h, and LANES, 8.
//
// Products of rows i, which the lanes of a subgroup hold and hand round, with four rows j of each lane.

/// Four vec4s of f.
fn fours(at: vec4u) -> mat4x4f {
  return mat4x4f(vec4f(f[at.x]), vec4f(f[at.y]), vec4f(f[at.z]), vec4f(f[at.w]));
}

/// For each row i that the lanes hold in one register: its products with four of the lane's rows j.
alias Sums = array<vec4f, LANES>;

/// The sum plus the products of row i with the four rows j; j[c] is column c of the four.
fn add(i: vec4f, j: mat4x4f, sum: vec4f) -> vec4f {
  return sum + fma(i.wwww, j[3], fma(i.zzzz, j[2], fma(i.yyyy, j[1], i.xxxx * j[0])));
}

/// Without the first `skip` of the four rows j: on the diagonal they come before row i, and G is symmetric.
fn add_from(skip: u32, i: vec4f, j: mat4x4f, sum: vec4f) -> vec4f {
  return select(add(i, j, sum), sum, vec4u(0u, 1u, 2u, 3u) < vec4u(skip));
}

/// Adds the products of every lane's row i with four rows j.
fn multiply(skip: u32, i: vec4f, j: mat4x4f, sums: ptr<function, Sums>) {
  (*sums)[0] = add_from(skip, subgroupShuffle(i, 0u), j, (*sums)[0]);
  (*sums)[1] = add_from(skip, subgroupShuffle(i, 1u), j, (*sums)[1]);
  (*sums)[2] = add_from(skip, subgroupShuffle(i, 2u), j, (*sums)[2]);
  (*sums)[3] = add_from(skip, subgroupShuffle(i, 3u), j, (*sums)[3]);
  (*sums)[4] = add_from(skip, subgroupShuffle(i, 4u), j, (*sums)[4]);
  (*sums)[5] = add_from(skip, subgroupShuffle(i, 5u), j, (*sums)[5]);
  (*sums)[6] = add_from(skip, subgroupShuffle(i, 6u), j, (*sums)[6]);
  (*sums)[7] = add_from(skip, subgroupShuffle(i, 7u), j, (*sums)[7]);
}
