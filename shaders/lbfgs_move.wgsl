// With parts/lbfgs_chunk.wgsl, parts/lbfgs_flags.wgsl, parts/lbfgs_slope.wgsl.
// L-BFGS, pass 8: carries out what was decided, four elements a lane: keep x as the best, or go back to the best, or take
// the step x + t d. Leaves the step in place of the direction, and the gradient that it started from.
//
// The seed clamps x behind the optimiser's back, so that t d is not the step taken; with GUARD it is the step as clamped
// (and rounded).
override GUARD: u32 = 0u;
override BOUNDED: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> step: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> before: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> best: array<vec4f>; // only with GUARD, else a placeholder
@group(0) @binding(5) var<uniform> plan: array<vec4u, 2>;
@group(0) @binding(6) var<uniform> chunk: Chunk;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.y * groups.x + group.x) * 256u + lane;
  let flags = plan[0].w;
  if (4u * quad >= chunk.count) {
    return;
  }
  if ((flags & BEST) != 0u) {
    best[quad] = x[quad];
  }
  if ((flags & RESTORE) != 0u) {
    x[quad] = best[quad];
  }
  if ((flags & ACT) == 0u) {
    return;
  }

  let at = x[quad];
  let g = slope_at(quad);
  let d = select(step[quad], -g, (flags & STEEPEST) != 0u);
  var by = bitcast<f32>(plan[1].z) * d;
  var there = at + by;
  if (BOUNDED == 1u) {
    there = clamp(there, vec4f(LOW), vec4f(HIGH));
  }
  if (GUARD == 1u) {
    by = there - at;
  }
  step[quad] = select(vec4f(), by, exists(quad));
  before[quad] = g;
  if ((flags & MOVE) != 0u) {
    x[quad] = there;
  }
}
