// With parts/image_layout.wgsl.
// The texels of a picture to planar: y[c][p] = sample / 255 or the float itself, with what is transparent laid on white.
//
// A texel is one word of 8-bit samples with the first in the lowest byte (the order of ImageData's bytes), two of
// float16, or four of float32; rows of texels are `rowWords` words apart. y is [1, 3, H, W].

@group(0) @binding(0) var<uniform> place: Layout;
@group(0) @binding(1) var<storage, read> texels: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

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
  var sample: vec4f;
  switch (u32(place.format)) {
    case RGBA8, BGRA8: {
      let bytes = vec4f((vec4u(texels[row + column]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) / 255.0;
      sample = select(bytes, bytes.bgra, u32(place.format) == BGRA8);
    }
    case RGBA16F: {
      let at = row + 2u * column;
      sample = vec4f(unpack2x16float(texels[at]), unpack2x16float(texels[at + 1u]));
    }
    default: {
      let at = row + 4u * column;
      sample = bitcast<vec4f>(vec4u(texels[at], texels[at + 1u], texels[at + 2u], texels[at + 3u]));
    }
  }
  // Opaque pixels are left alone, so that they are as exact as the division.
  let color = select(sample.rgb * sample.a + (1.0 - sample.a), sample.rgb, sample.a == 1.0);
  y[p] = color.r;
  y[pixels + p] = color.g;
  y[2u * pixels + p] = color.b;
}
