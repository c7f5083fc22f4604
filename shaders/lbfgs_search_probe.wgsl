// With parts/lbfgs_chunk.wgsl.
// L-BFGS with a line search: x = base + t d, clamped where there are bounds, and the step to there, which stays when the
// search ends here. With PROJECT it is the step as clamped and `path`, which the slope is taken along, is 0 where x has
// run into a bound; else the step is t d and path = d, as in PyTorch whatever its closure does to x.
override BOUNDED: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> step: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> base: array<vec4f>;
@group(0) @binding(3) var<storage, read> direction: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> path: array<vec4f>;
@group(0) @binding(5) var<storage, read> length: array<f32>;
@group(0) @binding(6) var<uniform> chunk: Chunk;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let quad = (group.y * groups.x + group.x) * 256u + lane;
  if (4u * quad >= chunk.count) {
    return;
  }
  let d = direction[quad];
  let by = length[0] * d;
  let free = base[quad] + by;
  let there = select(free, clamp(free, vec4f(LOW), vec4f(HIGH)), BOUNDED == 1u);
  x[quad] = there;
  step[quad] = select(by, there - base[quad], exists(quad) & vec4<bool>(PROJECT == 1u));
  path[quad] = select(d, vec4f(), (there != free) & vec4<bool>(PROJECT == 1u));
}
