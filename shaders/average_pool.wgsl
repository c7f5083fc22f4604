// y[oh, ow] = the sum of x in a window / its size, one invocation an output, COUNT outputs in planes of OH x OW.
// The size counts the cells in the padding when INCLUDE_PAD is 1, but never those beyond it. With RECTIFY 1, of max(x, 0).
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
override INCLUDE_PAD: u32 = 1u;
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
  let bottom = min(row + WINDOW_H, H);
  let right = min(column + WINDOW_W, W);
  var sum = 0.0;
  for (var h = top; h < bottom; h++) {
    for (var w = left; w < right; w++) {
      let value = f32(x[plane + h * W + w]);
      sum += select(value, max(value, 0.0), RECTIFY == 1u);
    }
  }
  let padded = (min(row + WINDOW_H, H + PAD_H) - row) * (min(column + WINDOW_W, W + PAD_W) - column);
  y[at] = Element(sum / f32(select((bottom - top) * (right - left), padded, INCLUDE_PAD == 1u)));
}
