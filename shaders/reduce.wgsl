// With parts/reduction.wgsl.
// One number for each workgroup, SCALE times: MODE 0, the sum of x; 1, the sum of |x|; 2, the largest |x|.
override MODE: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;

fn four(i: u32) -> vec4f {
  return select(abs(x[i]), x[i], MODE == 0u);
}

fn combine(left: f32, right: f32) -> f32 {
  return select(left + right, max(left, right), MODE == 2u);
}
