// average_pool_backward.wgsl over planes as in average_pool_2x2_wide.wgsl: an invocation makes the gradients of four
// windows, four vectors of pixels. COUNT such fours; x and dx have 2 OW4 vectors to a row, dy has OW4.
override COUNT: u32 = 1u;
override OW4: u32 = 1u;
override ACCUMULATE: u32 = 0u;
override RECTIFY: u32 = 0u;

// As x is stored: vec4f or vec4h.
alias Four = vec4f;

@group(0) @binding(0) var<storage, read> x: array<Four>;
@group(0) @binding(1) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;

fn store(at: u32, spread: vec4f) {
  var gradient = spread;
  if (RECTIFY == 1u) {
    gradient = select(vec4f(), spread, x[at] > Four());
  }
  if (ACCUMULATE == 1u) {
    dx[at] += gradient;
  } else {
    dx[at] = gradient;
  }
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
  let bottom = top + 2u * OW4;
  let quarter = 0.25 * dy[at];
  store(top, quarter.xxyy);
  store(top + 1u, quarter.zzww);
  store(bottom, quarter.xxyy);
  store(bottom + 1u, quarter.zzww);
}
