// dx[h, w] = the sum of dy over those windows whose first largest cell, row by row, is (h, w); added to what dx
// holds when ACCUMULATE is 1. One invocation an input pixel, COUNT of them in planes of H x W: it looks through
// every window that reaches it, so that nothing is written twice and no positions need to be kept. With RECTIFY 1 the
// windows were of max(x, 0): only positive pixels get any.
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
override ACCUMULATE: u32 = 0u;
override RECTIFY: u32 = 0u;

// As x is stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

// Whether no cell of the window is larger than this pixel's, and no earlier one as large.
fn wins(plane: i32, row: i32, column: i32, pixel: i32, value: f32) -> bool {
  for (var h = max(row, 0); h < min(row + WINDOW_H, H); h++) {
    for (var w = max(column, 0); w < min(column + WINDOW_W, W); w++) {
      let other = f32(x[plane * H * W + h * W + w]);
      if (other > value || (other == value && h * W + w < pixel)) {
        return false;
      }
    }
  }
  return true;
}

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
  let plane = i32(at) / (H * W);
  let h = i32(at) / W % H;
  let w = i32(at) % W;
  // The first and last window that reaches this pixel, along each side.
  let top = max(h + PAD_H - WINDOW_H + STRIDE_H, 0) / STRIDE_H;
  let left = max(w + PAD_W - WINDOW_W + STRIDE_W, 0) / STRIDE_W;
  let bottom = min((h + PAD_H) / STRIDE_H, OH - 1);
  let right = min((w + PAD_W) / STRIDE_W, OW - 1);
  let value = f32(x[at]);
  var gradient = 0.0;
  for (var oh = top; oh <= bottom; oh++) {
    for (var ow = left; ow <= right; ow++) {
      if (wins(plane, oh * STRIDE_H - PAD_H, ow * STRIDE_W - PAD_W, h * W + w, value)) {
        gradient += dy[plane * OH * OW + oh * OW + ow];
      }
    }
  }
  if (RECTIFY == 1u && value <= 0.0) {
    gradient = 0.0;
  }
  if (ACCUMULATE == 1u) {
    dx[at] += gradient;
  } else {
    dx[at] = gradient;
  }
}
