// 2-D cross-correlation with bias (torch.nn.functional.conv2d), straight from the definition:
//   y[n,o,i,j] = bias[o] + Σ_{c,u,v} w[o,c,u,v] · x[n,c, i·STRIDE_Y + u − PAD_TOP, j·STRIDE_X + v − PAD_LEFT]
// with zeros outside x. One invocation an output. Takes any sizes; the reference for all other variants.
override BATCH: u32 = 1u;
override IN_CHANNELS: u32 = 1u;
override IN_HEIGHT: u32 = 1u;
override IN_WIDTH: u32 = 1u;
override OUT_CHANNELS: u32 = 1u;
override OUT_HEIGHT: u32 = 1u;
override OUT_WIDTH: u32 = 1u;
override KERNEL_HEIGHT: u32 = 1u;
override KERNEL_WIDTH: u32 = 1u;
override STRIDE_Y: u32 = 1u;
override STRIDE_X: u32 = 1u;
override PAD_TOP: u32 = 0u;
override PAD_LEFT: u32 = 0u;
override HAS_BIAS: u32 = 1u;

// As x and y are stored: f32 or f16.
alias In = f32;
alias Out = f32;

@group(0) @binding(0) var<storage, read> x: array<In>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
// Any tensor when HAS_BIAS is 0.
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Out>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= BATCH * OUT_CHANNELS * OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let column = i % OUT_WIDTH;
  let row = (i / OUT_WIDTH) % OUT_HEIGHT;
  let channel = (i / (OUT_WIDTH * OUT_HEIGHT)) % OUT_CHANNELS;
  let image = i / (OUT_WIDTH * OUT_HEIGHT * OUT_CHANNELS);

  var sum = 0.0;
  if (HAS_BIAS == 1u) {
    sum = bias[channel];
  }
  for (var c = 0u; c < IN_CHANNELS; c++) {
    let plane = (image * IN_CHANNELS + c) * IN_HEIGHT * IN_WIDTH;
    let kernel = (channel * IN_CHANNELS + c) * KERNEL_HEIGHT * KERNEL_WIDTH;
    for (var u = 0u; u < KERNEL_HEIGHT; u++) {
      // Unsigned: a row above the image wraps to a huge number, so one comparison tells both edges.
      let r = row * STRIDE_Y + u - PAD_TOP;
      if (r >= IN_HEIGHT) {
        continue;
      }
      for (var v = 0u; v < KERNEL_WIDTH; v++) {
        let s = column * STRIDE_X + v - PAD_LEFT;
        if (s < IN_WIDTH) {
          sum = fma(w[kernel + u * KERNEL_WIDTH + v], f32(x[plane + r * IN_WIDTH + s]), sum);
        }
      }
    }
  }
  y[i] = Out(sum);
}
