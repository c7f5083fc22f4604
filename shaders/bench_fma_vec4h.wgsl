enable f16;

// Chains of float16 fused multiply-adds, four numbers at a time.
//
// An invocation keeps CHAINS sums, none of which waits for another, and feeds each STEPS times a round. The factors come
// from memory so that nothing can be computed beforehand, and |scale| < 1 keeps the sums bounded.
override ROUNDS: u32 = 1u;
override WIDTH: u32 = 64u;
const CHAINS: u32 = 8u;
const STEPS: u32 = 8u;

@group(0) @binding(0) var<storage, read> factors: array<f32, 2>;
@group(0) @binding(1) var<storage, read_write> totals: array<f32>;

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let scale = vec4h(f16(factors[0]));
  let shift = vec4h(f16(factors[1]));
  var sums: array<vec4h, CHAINS>;
  for (var chain = 0u; chain < CHAINS; chain++) {
    sums[chain] = vec4h(f16(f32((id.x + chain) % 7u)));
  }
  for (var round = 0u; round < ROUNDS; round++) {
    for (var step = 0u; step < STEPS; step++) {
      for (var chain = 0u; chain < CHAINS; chain++) {
        sums[chain] = fma(sums[chain], scale, shift);
      }
    }
  }
  var total = sums[0];
  for (var chain = 1u; chain < CHAINS; chain++) {
    total += sums[chain];
  }
  totals[id.x] = f32(total.x + total.y + total.z + total.w);
}
