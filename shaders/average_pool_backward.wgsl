// dx[h, w] = the sum of dy / window size over the windows that contain (h, w); added to what dx holds when
// ACCUMULATE is 1. One invocation an input pixel, COUNT of them in planes of H x W. See average_pool.wgsl. With RECTIFY 1,
// 0 where x is not positive; x is not read else.
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
override ACCUMULATE: u32 = 0u;
override RECTIFY: u32 = 0u;

// As x is stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

// Cells of a window along one side, from 'begin' on.
fn extent(begin: i32, window: i32, size: i32, pad: i32) -> i32 {
  if (INCLUDE_PAD == 1u) {
    return min(begin + window, size + pad) - begin;
  }
  return min(begin + window, size) - max(begin, 0);
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
  var gradient = 0.0;
  for (var oh = top; oh <= bottom; oh++) {
    let rows = extent(oh * STRIDE_H - PAD_H, WINDOW_H, H, PAD_H);
    for (var ow = left; ow <= right; ow++) {
      let columns = extent(ow * STRIDE_W - PAD_W, WINDOW_W, W, PAD_W);
      gradient += dy[plane * OH * OW + oh * OW + ow] / f32(rows * columns);
    }
  }
  if (RECTIFY == 1u && !(x[at] > Element())) {
    gradient = 0.0;
  }
  if (ACCUMULATE == 1u) {
    dx[at] += gradient;
  } else {
    dx[at] = gradient;
  }
}
