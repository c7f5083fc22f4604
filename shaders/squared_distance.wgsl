// With parts/reduction.wgsl.
// One number for each workgroup, SCALE times the sum of (WEIGHT (a - b))^2, and differences = FACTOR (a - b), element by
// element: a squared error and its gradient, of what is read once.
override WEIGHT: f32 = 1.0;
override FACTOR: f32 = 1.0;

// As they are stored: vec4f or vec4h.
alias A = vec4f;
alias B = vec4f;

@group(0) @binding(0) var<storage, read> a: array<A>;
@group(0) @binding(1) var<storage, read> b: array<B>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<storage, read_write> differences: array<vec4f>;

fn four(i: u32) -> vec4f {
  let difference = vec4f(a[i]) - vec4f(b[i]);
  differences[i] = FACTOR * difference;
  let weighted = WEIGHT * difference;
  return weighted * weighted;
}

fn combine(left: f32, right: f32) -> f32 {
  return left + right;
}
