// Chains of fused multiply-adds, of numbers or vectors, in float32 or float16.
//
// An invocation keeps CHAINS sums, none of which waits for another, and feeds each STEPS times a round. The factors come
// from memory so that nothing can be computed beforehand, and |scale| < 1 keeps the sums bounded.
override ROUNDS: u32 = 1u;
override WIDTH: u32 = 64u;
const CHAINS: u32 = 8u;
const STEPS: u32 = 8u;
// What is counted in, and what a chain adds up: one such number or a vector of them.
alias Number = f32;
alias Sum = f32;

@group(0) @binding(0) var<storage, read> factors: array<f32, 2>;
@group(0) @binding(1) var<storage, read_write> totals: array<Sum>;

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let scale = Sum(Number(factors[0]));
  let shift = Sum(Number(factors[1]));
  var sums: array<Sum, CHAINS>;
  for (var chain = 0u; chain < CHAINS; chain++) {
    sums[chain] = Sum(Number(f32((id.x + chain) % 7u)));
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
  totals[id.x] = total;
}
