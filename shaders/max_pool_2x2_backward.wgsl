// max_pool_backward.wgsl for windows of 2 x 2 side by side, without padding: windows do not overlap, so one
// invocation makes the whole of one window's gradient, four pixels for five loads. COUNT cells cover each plane,
// also where no window does (the last row or column of an odd side): there the gradient is 0. With RECTIFY 1 the
// windows were of max(x, 0): a winner that is not positive gets none.
override COUNT: u32 = 1u;
override H: u32 = 1u;
override W: u32 = 1u;
override OH: u32 = 1u;
override OW: u32 = 1u;
override ACCUMULATE: u32 = 0u;
override RECTIFY: u32 = 0u;

// As x is stored: f32 or f16.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

fn store(pixel: u32, gradient: f32) {
  if (ACCUMULATE == 0u) {
    dx[pixel] = gradient;
  } else if (gradient != 0.0) {
    dx[pixel] += gradient;
  }
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
  let cells_w = (W + 1u) / 2u;
  let cells_h = (H + 1u) / 2u;
  let ow = at % cells_w;
  let oh = at / cells_w % cells_h;
  let plane = at / (cells_w * cells_h);
  var gradient = 0.0;
  if (oh < OH && ow < OW) {
    gradient = dy[(plane * OH + oh) * OW + ow];
  }
  // A cell beyond the edge stands for its neighbour inside: equal, and later, so it never wins.
  let has_right = 2u * ow + 1u < W;
  let has_below = 2u * oh + 1u < H;
  let first = (plane * H + 2u * oh) * W + 2u * ow;
  let right = first + select(0u, 1u, has_right);
  let below = first + select(0u, W, has_below);
  let across = below + (right - first);
  var winner = first;
  var largest = f32(x[first]);
  let to_right = f32(x[right]);
  let to_below = f32(x[below]);
  let to_across = f32(x[across]);
  if (to_right > largest) {
    winner = right;
    largest = to_right;
  }
  if (to_below > largest) {
    winner = below;
    largest = to_below;
  }
  if (to_across > largest) {
    winner = across;
    largest = to_across;
  }
  if (RECTIFY == 1u && largest <= 0.0) {
    gradient = 0.0;
  }
  store(first, select(0.0, gradient, winner == first));
  if (has_right) {
    store(right, select(0.0, gradient, winner == right));
  }
  if (has_below) {
    store(below, select(0.0, gradient, winner == below));
  }
  if (has_right && has_below) {
    store(across, select(0.0, gradient, winner == across));
  }
}
