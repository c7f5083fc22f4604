// With parts/narrow_in.wgsl, parts/narrow_lanes.wgsl.
// What conv2d_narrow_in.wgsl makes, for GPUs, whose invocations need not share their loads: each holds the windows of four
// pixels of all input channels in registers, and makes these pixels of every fourth output channel.
// Grid: (⌈width / 32⌉, ⌈height / 8⌉, images).

@compute @workgroup_size(8, 8, 4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let channels = i32(sizes.inChannels);
  let column = i32(group.x * 8u + local.x);
  let row = i32(group.y * 8u + local.y);
  let image = i32(group.z);
  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  if (column >= width || row >= height) {
    return;
  }
  // A channel that there is not stands for the last; its weights are zeros.
  let plane = image * channels;
  let p = neighbours(plane, row, column);
  let q = neighbours(plane + min(1, channels - 1), row, column);
  let r = neighbours(plane + min(2, channels - 1), row, column);

  let outputs = u32(sizes.outChannels);
  for (var o = local.z; o < outputs; o += 4u) {
    let filters = filter_at(o);
    let sum = add(add(add(vec4f(filters.bias), p, filters.p), q, filters.q), r, filters.r);
    y[((image * i32(outputs) + i32(o)) * height + row) * width + column] = Out4(sum);
  }
}
