// Packed RGBA to planar: y[c][p] = sample / 255, with what is transparent laid on white.
//
// A pixel is one u32, red in the lowest byte: the order of ImageData's bytes. y is [1, 3, H, W].
override PIXELS: u32 = 1u;

@group(0) @binding(0) var<storage, read> rgba: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = (group.y * groups.x + group.x) * 256u + lane;
  if (p >= PIXELS) {
    return;
  }
  let bytes = (vec4u(rgba[p]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
  let sample = vec4f(bytes) / 255.0;
  // Opaque pixels are left alone, so that they are as exact as the division.
  let color = select(sample.rgb * sample.a + (1.0 - sample.a), sample.rgb, bytes.a == 255u);
  y[p] = color.r;
  y[PIXELS + p] = color.g;
  y[2u * PIXELS + p] = color.b;
}
