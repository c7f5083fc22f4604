// The gradient of conv2d with respect to its input, straight from the definition:
//   dx[n,c,r,s] = Σ_{o,u,v} w[o,c,u,v] · dy[n,o,i,j]   over u, v for which i = (r + PAD_TOP − u) / STRIDE_Y and
//   j = (s + PAD_LEFT − v) / STRIDE_X are whole and inside dy.
// One invocation an input element. Takes any sizes. Added to what dx holds when ACCUMULATE is 1.
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
override ACCUMULATE: u32 = 0u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= BATCH * IN_CHANNELS * IN_HEIGHT * IN_WIDTH) {
    return;
  }
  let column = i % IN_WIDTH;
  let row = (i / IN_WIDTH) % IN_HEIGHT;
  let channel = (i / (IN_WIDTH * IN_HEIGHT)) % IN_CHANNELS;
  let image = i / (IN_WIDTH * IN_HEIGHT * IN_CHANNELS);

  var sum = 0.0;
  for (var o = 0u; o < OUT_CHANNELS; o++) {
    let plane = (image * OUT_CHANNELS + o) * OUT_HEIGHT * OUT_WIDTH;
    let kernel = (o * IN_CHANNELS + channel) * KERNEL_HEIGHT * KERNEL_WIDTH;
    for (var u = 0u; u < KERNEL_HEIGHT; u++) {
      // Unsigned: where u lies beyond r + PAD_TOP this wraps to a huge number, far outside dy.
      let r = row + PAD_TOP - u;
      if (r % STRIDE_Y != 0u || r / STRIDE_Y >= OUT_HEIGHT) {
        continue;
      }
      for (var v = 0u; v < KERNEL_WIDTH; v++) {
        let s = column + PAD_LEFT - v;
        if (s % STRIDE_X == 0u && s / STRIDE_X < OUT_WIDTH) {
          let at = plane + (r / STRIDE_Y) * OUT_WIDTH + s / STRIDE_X;
          sum = fma(w[kernel + u * KERNEL_WIDTH + v], dy[at], sum);
        }
      }
    }
  }
  if (ACCUMULATE == 1u) {
    dx[i] += sum;
  } else {
    dx[i] = sum;
  }
}
