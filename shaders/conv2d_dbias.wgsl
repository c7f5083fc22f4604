// The gradient of conv2d with respect to its bias: db[o] = Σ_{n,p} dy[n,o,p]. One workgroup a channel: strided
// partial sums, then a tree, always in the same order. Added to what db holds when ACCUMULATE is 1.
override BATCH: u32 = 1u;
override CHANNELS: u32 = 1u;
override AREA: u32 = 1u;
override ACCUMULATE: u32 = 0u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> db: array<f32>;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let channel = group.y * groups.x + group.x;
  if (channel >= CHANNELS) {
    return;
  }
  var sum = 0.0;
  for (var k = lane; k < BATCH * AREA; k += 256u) {
    sum += dy[((k / AREA) * CHANNELS + channel) * AREA + k % AREA];
  }
  parts[lane] = sum;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (lane < half) {
      parts[lane] += parts[lane + half];
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    if (ACCUMULATE == 1u) {
      db[channel] += parts[0];
    } else {
      db[channel] = parts[0];
    }
  }
}
