// With parts/gram_symmetric.wgsl.
// Of the difference between a Gram matrix and its target, times the gradient of the error that is made of it.

@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> goal: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> s: array<vec4f>;

fn entry(i: u32, j: u32) -> f32 {
  let at = i * M + j;
  return dy[0] * (g[at] - goal[at]);
}
