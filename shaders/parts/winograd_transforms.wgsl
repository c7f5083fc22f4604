// The shader declares `Tiles`, a number of each tile that an invocation works off: f32 for one, vec4f for four.
//
// One side of the transforms of Winograd's F(4×4, 3×3) (Lavin & Gray 2016): they are to be applied along both.

// Bᵀ times a column of a window.
fn before(d: array<Tiles, 6>) -> array<Tiles, 6> {
  let a = fma(Tiles(-4.0), d[2], d[4]);
  let b = fma(Tiles(-4.0), d[1], d[3]);
  let c = d[4] - d[2];
  let e = 2.0 * (d[3] - d[1]);
  return array<Tiles, 6>(
    fma(Tiles(4.0), d[0], fma(Tiles(-5.0), d[2], d[4])),
    a + b,
    a - b,
    c + e,
    c - e,
    fma(Tiles(4.0), d[1], fma(Tiles(-5.0), d[3], d[5])),
  );
}

// Aᵀ times a column of products.
fn after(m: array<Tiles, 6>) -> array<Tiles, 4> {
  let a = m[1] + m[2];
  let b = m[1] - m[2];
  let c = m[3] + m[4];
  let d = m[3] - m[4];
  return array<Tiles, 4>(
    m[0] + a + c,
    fma(Tiles(2.0), d, b),
    fma(Tiles(4.0), c, a),
    fma(Tiles(8.0), d, b) + m[5],
  );
}
