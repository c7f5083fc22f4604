// Lays out 3×3 weights [outer][inner][9] of at most three inner channels for conv2d_narrow_in.wgsl, conv2d_narrow_out.wgsl and
// what they are for GPUs: for each outer channel eight vectors, two with the first eight taps of each inner channel, then one
// with their ninth taps and the bias, then one of zeros. One invocation an outer channel.

struct Sizes {
  outer: f32,
  inner: f32,
  // 1: taps are in reverse, as the gradient to the input wants them.
  adjoint: f32,
  hasBias: f32,
  // 3: a loop whose length the compiler cannot know stays one, which spares it most of its time.
  slots: f32,
}

@group(0) @binding(0) var<storage, read> weights: array<f32>;
// Any tensor when there is no bias.
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@group(0) @binding(3) var<storage, read_write> packed: array<vec4f>;

fn weight(outer: u32, inner: u32, tap: u32) -> f32 {
  let count = u32(sizes.inner);
  let at = select(tap, 8u - tap, sizes.adjoint == 1.0);
  return select(0.0, weights[(outer * count + min(inner, count - 1u)) * 9u + at], inner < count);
}

// Four taps that follow each other.
fn four(outer: u32, inner: u32, tap: u32) -> vec4f {
  return vec4f(
    weight(outer, inner, tap),
    weight(outer, inner, tap + 1u),
    weight(outer, inner, tap + 2u),
    weight(outer, inner, tap + 3u),
  );
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let outer = id.x;
  if (outer >= u32(sizes.outer)) {
    return;
  }
  let to = outer * 8u;
  for (var inner = 0u; inner < u32(sizes.slots); inner++) {
    packed[to + inner * 2u] = four(outer, inner, 0u);
    packed[to + inner * 2u + 1u] = four(outer, inner, 4u);
  }
  let added = select(0.0, bias[min(outer, arrayLength(&bias) - 1u)], sizes.hasBias == 1.0);
  packed[to + 6u] = vec4f(weight(outer, 0u, 8u), weight(outer, 1u, 8u), weight(outer, 2u, 8u), added);
  packed[to + 7u] = vec4f();
}
