// With parts/gram_symmetric.wgsl.
// Of the gradient with respect to a Gram matrix.

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read_write> s: array<vec4f>;

fn entry(i: u32, j: u32) -> f32 {
  return dy[i * M + j];
}
