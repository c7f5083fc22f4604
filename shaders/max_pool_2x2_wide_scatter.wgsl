// With parts/pool_fours.wgsl.
// max_pool_2x2_wide_backward.wgsl for gradients that are added to others: of a window's four only one is touched.
override RECTIFY: u32 = 0u;

// As x is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> x: array<Four>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

// A window whose upper left pixel is number `top` of dx and the one below it number `bottom`.
fn window(top: u32, bottom: u32, above: vec2f, below: vec2f, gradient: f32) {
  let largest = max(max(above.x, above.y), max(below.x, below.y));
  // The first of the largest wins: row by row, from the left.
  let lower = max(above.x, above.y) != largest;
  let right = select(above.x, below.x, lower) != largest;
  let given = select(gradient, 0.0, RECTIFY == 1u && largest <= 0.0);
  dx[select(top, bottom, lower) + u32(right)] += given;
}

fn windows(above_at: u32, below_at: u32, gradients: vec2f) {
  let above = vec4f(x[above_at]);
  let below = vec4f(x[below_at]);
  window(4u * above_at, 4u * below_at, above.xy, below.xy, gradients.x);
  window(4u * above_at + 2u, 4u * below_at + 2u, above.zw, below.zw, gradients.y);
}

fn pool(at: u32, top: u32, bottom: u32) {
  let gradients = dy[at];
  windows(top, bottom, gradients.xy);
  windows(top + 1u, bottom + 1u, gradients.zw);
}
