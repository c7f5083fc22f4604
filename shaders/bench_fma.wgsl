// As many float32 fused multiply-adds as the adapter can do: the measure that kernels are held against.
//
// Every invocation keeps 8 sums in registers, none of which waits for another, and feeds each 64 ROUNDS times.
// There are 8 since a vector unit of a CPU has 16 registers for this and a latency of 4 to hide; a GPU hides it
// by its other invocations. The 64 steps are written out, for a loop's own cost would show. The factors come from
// memory so that nothing can be computed beforehand, and |scale| < 1 keeps the sums bounded.
override ROUNDS: u32 = 1u;

@group(0) @binding(0) var<storage, read> factors: array<f32, 2>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

fn feed4(sums: vec4f, scale: vec4f, shift: vec4f) -> vec4f {
  return fma(fma(fma(fma(sums, scale, shift), scale, shift), scale, shift), scale, shift);
}

fn feed16(sums: vec4f, scale: vec4f, shift: vec4f) -> vec4f {
  return feed4(feed4(feed4(feed4(sums, scale, shift), scale, shift), scale, shift), scale, shift);
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let scale = vec4f(factors[0]);
  let shift = vec4f(factors[1]);
  var a = vec4f(1.0, 2.0, 3.0, 4.0) * f32(id.x);
  var b = a + 1.0;
  for (var round = 0u; round < ROUNDS; round++) {
    // In turn, so that a compiler that keeps the order still has eight sums in flight.
    a = feed16(a, scale, shift);
    b = feed16(b, scale, shift);
    a = feed16(a, scale, shift);
    b = feed16(b, scale, shift);
    a = feed16(a, scale, shift);
    b = feed16(b, scale, shift);
    a = feed16(a, scale, shift);
    b = feed16(b, scale, shift);
  }
  let sum = a + b;
  sums[id.x] = sum.x + sum.y + sum.z + sum.w;
}
