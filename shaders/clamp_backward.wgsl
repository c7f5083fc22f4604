// dx = dy where LOW <= x <= HIGH, else 0; added to what dx holds when ACCUMULATE is 1.
override COUNT: u32 = 1u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;
override ACCUMULATE: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= COUNT) {
    return;
  }
  let value = select(0.0, dy[i], x[i] >= LOW && x[i] <= HIGH);
  if (ACCUMULATE == 1u) {
    dx[i] += value;
  } else {
    dx[i] = value;
  }
}
