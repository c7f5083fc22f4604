// With parts/narrow_out.wgsl, parts/narrow_runs.wgsl.
enable subgroups;
// 3×3 convolution, stride 1, one pixel of zero padding, of many input channels into at most three: the gradient to the
// image that VGG's first layer sees. An invocation makes 4 pixels × 4 rows of all output channels. A workgroup is a
// subgroup of eight lanes side by side, which share pixels and weights as in conv2d_narrow_in.wgsl; weights as laid out
// by conv2d_narrow_pack.wgsl. Grid: (⌈width / 32⌉, ⌈height / 4⌉, images).

fn pick(i: i32, rows: Rows) -> vec4f {
  return select(select(rows.d, rows.c, i == 2), select(rows.b, rows.a, i == 0), i < 2);
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let column = i32(group.x * 8u + lane);
  let row = i32(group.y) * 4;
  let image = i32(group.z);
  let inputs = u32(sizes.inChannels);
  var p = Rows();
  var q = Rows();
  var r = Rows();
  for (var i = 0u; i < inputs; i++) {
    let plane = image * i32(inputs) + i32(i);
    let w = window(plane, row, i32(group.x), lane);
    let filters = filter_of(i, lane);
    p = add(p, w, filters.p);
    q = add(q, w, filters.q);
    r = add(r, w, filters.r);
  }

  let height = i32(sizes.height);
  let width = i32(sizes.width4);
  let outputs = i32(sizes.outChannels);
  if (column >= width) {
    return;
  }
  let count = min(i32(sizes.rows), height - row);
  for (var i = 0; i < count; i++) {
    let to = (image * outputs * height + row + i) * width + column;
    store(to, pick(i, p));
    if (outputs > 1) {
      store(to + height * width, pick(i, q));
    }
    if (outputs > 2) {
      store(to + 2 * height * width, pick(i, r));
    }
  }
}
