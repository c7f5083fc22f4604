// g[i, j] = g[j, i] = SCALE * sum over slices of partials[slice, i, j], for i <= j < M.
// Four sums run side by side, so that the additions need not wait for one another.
override M: u32 = 1u;
override SLICES: u32 = 1u;
override SCALE: f32 = 1.0;

@group(0) @binding(0) var<storage, read> partials: array<f32>;
@group(0) @binding(1) var<storage, read_write> g: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + lane;
  let i = at / M;
  let j = at % M;
  if (i >= M || j < i) {
    return;
  }
  var sum = vec4f();
  for (var slice = 0u; slice < SLICES; slice++) {
    sum[slice % 4u] += partials[slice * M * M + at];
  }
  let total = SCALE * ((sum.x + sum.y) + (sum.z + sum.w));
  g[at] = total;
  g[j * M + i] = total;
}
