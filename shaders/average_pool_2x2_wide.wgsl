// average_pool.wgsl for windows of 2 x 2 side by side over planes whose width is a multiple of 8 and whose height is even:
// an invocation makes four outputs from four vectors of pixels. COUNT such fours; x has 2 OW4 vectors to a row, y OW4.
override COUNT: u32 = 1u;
override OW4: u32 = 1u;
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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 64u + lane;
  if (at >= COUNT) {
    return;
  }
  let top = at / OW4 * 4u * OW4 + at % OW4 * 2u;
  let left = load(top) + load(top + 2u * OW4);
  let right = load(top + 1u) + load(top + 2u * OW4 + 1u);
  y[at] = Four(0.25 * (vec4f(left.xz, right.xz) + vec4f(left.yw, right.yw)));
}
