// With parts/pool_fours.wgsl.
// max_pool_2x2_backward.wgsl for windows side by side, four at a time.
override RECTIFY: u32 = 0u;

// As x is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> x: array<Four>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

fn interleaved(even: vec2f, odd: vec2f) -> vec4f {
  return vec4f(even.x, odd.x, even.y, odd.y);
}

// The gradients of two windows: their pixels stand in two vectors, one above the other.
fn windows(above_at: u32, below_at: u32, gradients: vec2f) {
  let above = vec4f(x[above_at]);
  let below = vec4f(x[below_at]);
  let largest = max(max(above.xz, above.yw), max(below.xz, below.yw));
  let dropped = (largest <= vec2f()) & vec2<bool>(RECTIFY == 1u);
  let given = select(gradients, vec2f(), dropped);
  // The first of the largest wins: row by row, from the left.
  let first = above.xz == largest;
  let second = !first & (above.yw == largest);
  let third = !first & !second & (below.xz == largest);
  let fourth = !first & !second & !third;
  dx[above_at] = interleaved(select(vec2f(), given, first), select(vec2f(), given, second));
  dx[below_at] = interleaved(select(vec2f(), given, third), select(vec2f(), given, fourth));
}

fn pool(at: u32, top: u32, bottom: u32) {
  let gradients = dy[at];
  windows(top, bottom, gradients.xy);
  windows(top + 1u, bottom + 1u, gradients.zw);
}
