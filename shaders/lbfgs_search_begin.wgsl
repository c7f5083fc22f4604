// With parts/lbfgs_chunk.wgsl, parts/lbfgs_slope.wgsl.
// L-BFGS with a line search: notes where the search starts - base = x, the direction d that lbfgs_combine left, and the
// gradient.
@group(0) @binding(0) var<storage, read> step: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> base: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> direction: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> before: array<vec4f>;
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
  base[quad] = x[quad];
  direction[quad] = step[quad];
  before[quad] = slope_at(quad);
}
