// The gradient of conv2d with respect to its weights:
//   dw[o,c,u,v] = Σ_{n,i,j} dy[n,o,i,j] · x[n,c, i·STRIDE_Y + u − PAD_TOP, j·STRIDE_X + v − PAD_LEFT]
// One workgroup a weight: each invocation sums a strided part of the outputs, then a tree joins the parts, always in
// the same order. Takes any sizes. Added to what dw holds when ACCUMULATE is 1.
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

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;

var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = group.y * groups.x + group.x;
  if (i >= OUT_CHANNELS * IN_CHANNELS * KERNEL_HEIGHT * KERNEL_WIDTH) {
    return;
  }
  let v = i % KERNEL_WIDTH;
  let u = (i / KERNEL_WIDTH) % KERNEL_HEIGHT;
  let c = (i / (KERNEL_WIDTH * KERNEL_HEIGHT)) % IN_CHANNELS;
  let o = i / (KERNEL_WIDTH * KERNEL_HEIGHT * IN_CHANNELS);

  var sum = 0.0;
  let area = OUT_HEIGHT * OUT_WIDTH;
  for (var k = lane; k < BATCH * area; k += 64u) {
    let image = k / area;
    let pixel = k % area;
    let r = (pixel / OUT_WIDTH) * STRIDE_Y + u - PAD_TOP;
    let s = (pixel % OUT_WIDTH) * STRIDE_X + v - PAD_LEFT;
    if (r < IN_HEIGHT && s < IN_WIDTH) {
      let at = ((image * IN_CHANNELS + c) * IN_HEIGHT + r) * IN_WIDTH + s;
      sum = fma(dy[(image * OUT_CHANNELS + o) * area + pixel], x[at], sum);
    }
  }
  parts[lane] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) {
      parts[lane] += parts[lane + half];
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    if (ACCUMULATE == 1u) {
      dw[i] += parts[0];
    } else {
      dw[i] = parts[0];
    }
  }
}
