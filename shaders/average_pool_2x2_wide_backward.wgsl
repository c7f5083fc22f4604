// With parts/pool_fours.wgsl.
// average_pool_backward.wgsl for windows of 2 x 2 side by side, four at a time. x is read with RECTIFY 1 only.
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

fn pool(at: u32, top: u32, bottom: u32) {
  let quarter = 0.25 * dy[at];
  store(top, quarter.xxyy);
  store(top + 1u, quarter.zzww);
  store(bottom, quarter.xxyy);
  store(bottom + 1u, quarter.zzww);
}
