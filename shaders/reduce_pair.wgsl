// With parts/reduction.wgsl.
// One number for each workgroup, SCALE times: MODE 0, the sum of a b; 1, the sum of (WEIGHT (a - b))^2.
override MODE: u32 = 0u;
override WEIGHT: f32 = 1.0;

// As they are stored: vec4f or vec4h.
alias A = vec4f;
alias B = vec4f;

@group(0) @binding(0) var<storage, read> a: array<A>;
@group(0) @binding(1) var<storage, read> b: array<B>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

fn four(i: u32) -> vec4f {
  let difference = WEIGHT * (vec4f(a[i]) - vec4f(b[i]));
  return select(difference * difference, vec4f(a[i]) * vec4f(b[i]), MODE == 0u);
}

fn combine(left: f32, right: f32) -> f32 {
  return left + right;
}
