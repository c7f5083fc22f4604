// y[oh, ow] = the largest x in a window, one invocation an output, COUNT outputs in planes of OH x OW. Cells of
// the window outside the H x W input count for nothing; every window has at least one inside. With RECTIFY 1, of
// max(x, 0) instead.
override COUNT: u32 = 1u;
override H: i32 = 1;
override W: i32 = 1;
override OH: i32 = 1;
override OW: i32 = 1;
override WINDOW_H: i32 = 1;
override WINDOW_W: i32 = 1;
override STRIDE_H: i32 = 1;
override STRIDE_W: i32 = 1;
override PAD_H: i32 = 0;
override PAD_W: i32 = 0;
override RECTIFY: u32 = 0u;

// As x and y are stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * 256u + lane;
  if (at >= COUNT) {
    return;
  }
  let plane = i32(at) / (OH * OW) * H * W;
  let row = i32(at) / OW % OH * STRIDE_H - PAD_H;
  let column = i32(at) % OW * STRIDE_W - PAD_W;
  let top = max(row, 0);
  let left = max(column, 0);
  var largest = f32(x[plane + top * W + left]);
  for (var h = top; h < min(row + WINDOW_H, H); h++) {
    for (var w = left; w < min(column + WINDOW_W, W); w++) {
      largest = max(largest, f32(x[plane + h * W + w]));
    }
  }
  y[at] = Element(select(largest, max(largest, 0.0), RECTIFY == 1u));
}
