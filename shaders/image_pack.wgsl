// Planar to packed opaque RGBA: each sample is floor(255 clamp(x, 0, 1) + 1/2).
//
// x is [1, 3, H, W]. A pixel is one u32, red in the lowest byte: the order of ImageData's bytes.
override PIXELS: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> rgba: array<u32>;

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
  let color = vec3f(x[p], x[PIXELS + p], x[2u * PIXELS + p]);
  let bytes = vec3u(floor(255.0 * clamp(color, vec3f(0.0), vec3f(1.0)) + 0.5));
  rgba[p] = bytes.r | (bytes.g << 8u) | (bytes.b << 16u) | 0xff000000u;
}
