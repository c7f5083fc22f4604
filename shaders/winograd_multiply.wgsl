// The heart of Winograd's convolution: for each of the 36 positions a matrix product over the input channels,
//   M[position][o][tile] = Σ_c U[position][o][c] · V[position][c][tile].
// U comes from a uniform buffer, in blocks of [IN_PADDED][32] as laid out by winograd_pack.wgsl, so that on adapters
// where a uniform load costs little each loaded V is used 32 times. An invocation makes 8 tiles of 32 output channels.
// Grid: (⌈tileStride / 64⌉, 1, blocks in this binding). V and M are viewed as vec4, four tiles each.
// The length of the uniform binding, which may reach beyond the blocks of this dispatch.
const BINDING_VECTORS: u32 = 1024u;

struct Sizes {
  inChannels: f32,
  inPadded: f32,
  // Groups of 32 output channels, and the number of this binding's first block.
  outGroups: f32,
  firstBlock: f32,
  tileStride: f32,
}

// Four output channels of eight tiles.
struct Quad {
  x: mat2x4f,
  y: mat2x4f,
  z: mat2x4f,
  w: mat2x4f,
}

@group(0) @binding(0) var<storage, read> transformed: array<vec4f>;
@group(0) @binding(1) var<uniform> blocks: array<vec4f, BINDING_VECTORS>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> products: array<vec4f>;

fn multiply(sum: mat2x4f, v: mat2x4f, u: f32) -> mat2x4f {
  return mat2x4f(fma(v[0], vec4f(u), sum[0]), fma(v[1], vec4f(u), sum[1]));
}

fn accumulate(sum: Quad, v: mat2x4f, u: vec4f) -> Quad {
  return Quad(multiply(sum.x, v, u.x), multiply(sum.y, v, u.y), multiply(sum.z, v, u.z), multiply(sum.w, v, u.w));
}

fn store(at: u32, stride: u32, sum: Quad) {
  products[at] = sum.x[0];
  products[at + 1u] = sum.x[1];
  products[at + stride] = sum.y[0];
  products[at + stride + 1u] = sum.y[1];
  products[at + 2u * stride] = sum.z[0];
  products[at + 2u * stride + 1u] = sum.z[1];
  products[at + 3u * stride] = sum.w[0];
  products[at + 3u * stride + 1u] = sum.w[1];
}

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // Vec4 steps from one channel's tiles to the next one's.
  let stride = u32(sizes.tileStride) / 4u;
  if (id.x * 2u >= stride) {
    return;
  }
  let channels = u32(sizes.inChannels);
  let groups = u32(sizes.outGroups);
  let block = u32(sizes.firstBlock) + id.z;
  let position = block / groups;
  var source = position * channels * stride + id.x * 2u;
  var weights = id.z * u32(sizes.inPadded) * 8u;
  var s0 = Quad();
  var s1 = Quad();
  var s2 = Quad();
  var s3 = Quad();
  var s4 = Quad();
  var s5 = Quad();
  var s6 = Quad();
  var s7 = Quad();
  for (var c = 0u; c < channels; c++) {
    let v = mat2x4f(transformed[source], transformed[source + 1u]);
    s0 = accumulate(s0, v, blocks[weights + 0u]);
    s1 = accumulate(s1, v, blocks[weights + 1u]);
    s2 = accumulate(s2, v, blocks[weights + 2u]);
    s3 = accumulate(s3, v, blocks[weights + 3u]);
    s4 = accumulate(s4, v, blocks[weights + 4u]);
    s5 = accumulate(s5, v, blocks[weights + 5u]);
    s6 = accumulate(s6, v, blocks[weights + 6u]);
    s7 = accumulate(s7, v, blocks[weights + 7u]);
    source += stride;
    weights += 8u;
  }
  let to = block * 32u * stride + id.x * 2u;
  store(to + 0u * stride, stride, s0);
  store(to + 4u * stride, stride, s1);
  store(to + 8u * stride, stride, s2);
  store(to + 12u * stride, stride, s3);
  store(to + 16u * stride, stride, s4);
  store(to + 20u * stride, stride, s5);
  store(to + 24u * stride, stride, s6);
  store(to + 28u * stride, stride, s7);
}
