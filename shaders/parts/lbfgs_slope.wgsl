// The shader uses lbfgs_chunk.wgsl too, and declares `gradient` and `x`, each by vec4f.

// Four elements of the gradient as the optimiser takes it: numbers that are not finite count as 0; with PROJECT it is the
// projected gradient, 0 where x is at a bound and -g points out of the box (Bertsekas 1982).
fn slope_at(quad: u32) -> vec4f {
  let at = inside(quad);
  let raw = gradient[at];
  var g = select(vec4f(), raw, finite(raw) & exists(quad));
  if (PROJECT == 1u) {
    g = select(g, vec4f(), outward(x[at], g));
  }
  return g;
}
