// y = FACTOR_c x + OFFSET_c on images of three channels [N, 3, H, W], where output channel c takes input channel c, or
// 2 - c when REVERSED is 1. Added to what y holds when ACCUMULATE is 1.
override COUNT: u32 = 3u;
// Elements of a channel.
override PLANE: u32 = 1u;
override REVERSED: u32 = 0u;
override ACCUMULATE: u32 = 0u;
override FACTOR_0: f32 = 1.0;
override FACTOR_1: f32 = 1.0;
override FACTOR_2: f32 = 1.0;
override OFFSET_0: f32 = 0.0;
override OFFSET_1: f32 = 0.0;
override OFFSET_2: f32 = 0.0;

// Or a vector of four, with COUNT and PLANE a fourth.
alias Element = f32;

@group(0) @binding(0) var<storage, read> x: array<Element>;
@group(0) @binding(1) var<storage, read_write> y: array<Element>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= COUNT) {
    return;
  }
  let channel = i / PLANE % 3u;
  var source = i;
  if (REVERSED == 1u) {
    // From channel c to 2 - c.
    source = i + 2u * PLANE - 2u * channel * PLANE;
  }
  let factor = select(select(FACTOR_2, FACTOR_1, channel == 1u), FACTOR_0, channel == 0u);
  let offset = select(select(OFFSET_2, OFFSET_1, channel == 1u), OFFSET_0, channel == 0u);
  let value = factor * x[source] + Element(offset);
  if (ACCUMULATE == 1u) {
    y[i] += value;
  } else {
    y[i] = value;
  }
}
