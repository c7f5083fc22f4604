// With parts/image_layout.wgsl.
// Planar to the texels of a picture, opaque: with v = clamp(x, 0, 1), 8-bit samples are floor(255 v + 1/2), floats are v.
//
// x is [1, 3, H, W]. A texel is one word of 8-bit samples with the first in the lowest byte (the order of ImageData's
// bytes), two of float16, or four of float32; rows of texels are `rowWords` words apart.

@group(0) @binding(0) var<uniform> place: Layout;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> texels: array<u32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = (group.y * groups.x + group.x) * 256u + lane;
  let pixels = u32(place.height) * u32(place.width);
  if (p >= pixels) {
    return;
  }
  let width = u32(place.width);
  let row = (p / width) * u32(place.rowWords);
  let column = p % width;
  let color = clamp(vec3f(x[p], x[pixels + p], x[2u * pixels + p]), vec3f(0.0), vec3f(1.0));
  switch (u32(place.format)) {
    case RGBA8, BGRA8: {
      let bytes = vec3u(floor(255.0 * color + 0.5));
      let ordered = select(bytes.rgb, bytes.bgr, u32(place.format) == BGRA8);
      texels[row + column] = ordered.x | (ordered.y << 8u) | (ordered.z << 16u) | 0xff000000u;
    }
    case RGBA16F: {
      let at = row + 2u * column;
      texels[at] = pack2x16float(color.rg);
      texels[at + 1u] = pack2x16float(vec2f(color.b, 1.0));
    }
    default: {
      let at = row + 4u * column;
      texels[at] = bitcast<u32>(color.r);
      texels[at + 1u] = bitcast<u32>(color.g);
      texels[at + 2u] = bitcast<u32>(color.b);
      texels[at + 3u] = bitcast<u32>(1.0);
    }
  }
}
