// With parts/narrow_out.wgsl, parts/narrow_lanes.wgsl.
// What conv2d_narrow_out.wgsl makes, for GPUs, whose invocations need not share their loads: each adds up every fourth input
// channel's share of four pixels of all output channels; the four shares meet in workgroup memory.
// Grid: (⌈width / 32⌉, ⌈height / 8⌉, images).

// For each share [output channel][place].
const SHARE = 3u * 64u;
var<workgroup> shares: array<vec4f, 4u * SHARE>;

@compute @workgroup_size(8, 8, 4)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = i32(group.x * 8u + local.x);
  let row = i32(group.y * 8u + local.y);
  let image = i32(group.z);
  let inputs = u32(sizes.inChannels);
  var p = vec4f();
  var q = vec4f();
  var r = vec4f();
  for (var i = local.z; i < inputs; i += 4u) {
    let window = neighbours(image * i32(inputs) + i32(i), row, column);
    let filters = filter_at(i);
    p = add(p, window, filters.p);
    q = add(q, window, filters.q);
    r = add(r, window, filters.r);
  }
  let place = local.y * 8u + local.x;
  let own = local.z * SHARE + place;
  shares[own] = p;
  shares[own + 64u] = q;
  shares[own + 128u] = r;
  workgroupBarrier();

  // One share's invocations for each output channel.
  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  let outputs = u32(sizes.outChannels);
  if (local.z >= outputs || column >= width || row >= height) {
    return;
  }
  let first = local.z * 64u + place;
  let sum = (shares[first] + shares[first + SHARE]) + (shares[first + 2u * SHARE] + shares[first + 3u * SHARE]);
  store(((image * i32(outputs) + i32(local.z)) * height + row) * width + column, sum);
}
