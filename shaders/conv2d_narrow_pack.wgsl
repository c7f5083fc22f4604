// Lays out 3×3 weights [OUTER][INNER][9] of at most three inner channels for conv2d_narrow_in.wgsl and
// conv2d_narrow_out.wgsl: for each outer channel eight vectors, two with the first eight taps of each inner channel, then
// one with their ninth taps and the bias, then one of zeros. With ADJOINT, taps are in reverse, as the gradient to the
// input wants them. One invocation an outer channel.
override OUTER: u32 = 1u;
override INNER: u32 = 1u;
override ADJOINT: u32 = 0u;
override HAS_BIAS: u32 = 0u;

@group(0) @binding(0) var<storage, read> weights: array<f32>;
// Any tensor when HAS_BIAS is 0.
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> packed: array<f32>;

fn weight(outer: u32, inner: u32, tap: u32) -> f32 {
  if (inner >= INNER) {
    return 0.0;
  }
  return weights[(outer * INNER + inner) * 9u + select(tap, 8u - tap, ADJOINT == 1u)];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let outer = id.x;
  if (outer >= OUTER) {
    return;
  }
  let to = outer * 32u;
  for (var inner = 0u; inner < 3u; inner++) {
    for (var tap = 0u; tap < 8u; tap++) {
      packed[to + inner * 8u + tap] = weight(outer, inner, tap);
    }
    packed[to + 24u + inner] = weight(outer, inner, 8u);
  }
  packed[to + 27u] = 0.0;
  if (HAS_BIAS == 1u) {
    packed[to + 27u] = bias[outer];
  }
  for (var rest = 28u; rest < 32u; rest++) {
    packed[to + rest] = 0.0;
  }
}
