// With parts/pool_fours.wgsl.
// max_pool.wgsl for windows of 2 x 2 side by side, four at a time.
override RECTIFY: u32 = 0u;

// As x and y are stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> x: array<Four>;
@group(0) @binding(1) var<storage, read_write> y: array<Four>;

fn pool(at: u32, top: u32, bottom: u32) {
  let left = max(vec4f(x[top]), vec4f(x[bottom]));
  let right = max(vec4f(x[top + 1u]), vec4f(x[bottom + 1u]));
  let largest = max(vec4f(left.xz, right.xz), vec4f(left.yw, right.yw));
  y[at] = Four(select(largest, max(largest, vec4f()), RECTIFY == 1u));
}
