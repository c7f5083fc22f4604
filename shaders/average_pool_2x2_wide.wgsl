// With parts/pool_fours.wgsl.
// average_pool.wgsl for windows of 2 x 2 side by side, four at a time.
override RECTIFY: u32 = 0u;

// As x and y are stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> x: array<Four>;
@group(0) @binding(1) var<storage, read_write> y: array<Four>;

// Four pixels.
fn load(at: u32) -> vec4f {
  let pixels = vec4f(x[at]);
  return select(pixels, max(pixels, vec4f()), RECTIFY == 1u);
}

fn pool(at: u32, top: u32, bottom: u32) {
  let left = load(top) + load(bottom);
  let right = load(top + 1u) + load(bottom + 1u);
  y[at] = Four(0.25 * (vec4f(left.xz, right.xz) + vec4f(left.yw, right.yw)));
}
