// With parts/narrow_in.wgsl, parts/narrow_runs.wgsl.
enable subgroups;
// 3×3 convolution, stride 1, one pixel of zero padding, of at most three input channels into many: VGG's first layer. An
// invocation holds the windows of 4 pixels × 4 rows of all input channels in registers and makes those pixels of every
// output channel in turn. A workgroup is a subgroup of eight lanes side by side: a row's pixels beside a lane's own come
// from its neighbours, and the lanes load an output channel's weights together, four each, and hand them round. Made for
// processors posing as GPUs, where a load costs more than arithmetic. Rows are whole vectors of four pixels. Weights as
// laid out by conv2d_narrow_pack.wgsl. Grid: (⌈width / 32⌉, ⌈height / 4⌉, images).

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let channels = i32(sizes.inChannels);
  let column = i32(group.x * 8u + lane);
  let row = i32(group.y) * 4;
  let image = i32(group.z);
  // A channel that there is not stands for the last; its weights are zeros.
  let plane = image * channels;
  let across = i32(group.x);
  let p = window(plane, row, across, lane);
  let q = window(plane + min(1, channels - 1), row, across, lane);
  let r = window(plane + min(2, channels - 1), row, across, lane);

  let outputs = u32(sizes.outChannels);
  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  for (var o = 0u; o < outputs; o++) {
    let filters = filter_of(o, lane);
    let bias = vec4f(filters.bias);
    let sums = add(add(add(Rows(bias, bias, bias, bias), p, filters.p), q, filters.q), r, filters.r);
    let to = ((image * i32(outputs) + i32(o)) * height + row) * width + column;
    if (column < width) {
      y[to] = Out4(sums.a);
      if (row + 1 < height) {
        y[to + width] = Out4(sums.b);
      }
      if (row + 2 < height) {
        y[to + 2 * width] = Out4(sums.c);
      }
      if (row + 3 < height) {
        y[to + 3 * width] = Out4(sums.d);
      }
    }
  }
}
