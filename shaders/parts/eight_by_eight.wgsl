// What an invocation adds up of a tile of 64 x 64 numbers that 64 of them make: eight rows times eight columns, four side
// by side in either half of the tile, so that four vectors from workgroup memory serve 64 multiply-adds.

// Of rows or of columns, those of the first half and those of the second.
struct Eight {
  a: vec4f,
  b: vec4f,
}

// By rows, the eight columns of each.
struct Sums {
  r0: Eight,
  r1: Eight,
  r2: Eight,
  r3: Eight,
  r4: Eight,
  r5: Eight,
  r6: Eight,
  r7: Eight,
}

fn add_row(factor: f32, columns: Eight, sum: Eight) -> Eight {
  return Eight(fma(vec4f(factor), columns.a, sum.a), fma(vec4f(factor), columns.b, sum.b));
}

fn add(rows: Eight, columns: Eight, sums: Sums) -> Sums {
  return Sums(
    add_row(rows.a.x, columns, sums.r0),
    add_row(rows.a.y, columns, sums.r1),
    add_row(rows.a.z, columns, sums.r2),
    add_row(rows.a.w, columns, sums.r3),
    add_row(rows.b.x, columns, sums.r4),
    add_row(rows.b.y, columns, sums.r5),
    add_row(rows.b.z, columns, sums.r6),
    add_row(rows.b.w, columns, sums.r7),
  );
}

fn add_row_end(factor: f32, columns: Eight, sum: Eight) -> Eight {
  return Eight(sum.a, fma(vec4f(factor), columns.b, sum.b));
}

// Without what rows of the second half make of columns of the first: below the diagonal, in a tile that lies on it.
fn add_upper(rows: Eight, columns: Eight, sums: Sums) -> Sums {
  return Sums(
    add_row(rows.a.x, columns, sums.r0),
    add_row(rows.a.y, columns, sums.r1),
    add_row(rows.a.z, columns, sums.r2),
    add_row(rows.a.w, columns, sums.r3),
    add_row_end(rows.b.x, columns, sums.r4),
    add_row_end(rows.b.y, columns, sums.r5),
    add_row_end(rows.b.z, columns, sums.r6),
    add_row_end(rows.b.w, columns, sums.r7),
  );
}

// To be indexed by a loop once all is added up: what is indexed so does not stay in registers.
fn listed(sums: Sums) -> array<Eight, 8> {
  return array<Eight, 8>(sums.r0, sums.r1, sums.r2, sums.r3, sums.r4, sums.r5, sums.r6, sums.r7);
}

// Where in the tile the n-th of an invocation's eight rows is, with `own` of 0 to 7 telling invocations apart.
fn place(n: u32, own: u32) -> u32 {
  return n / 4u * 32u + own * 4u + n % 4u;
}
