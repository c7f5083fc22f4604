// Transforms 3×3 weights for Winograd's F(4×4, 3×3) (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2016): U = G g Gᵀ, 36 numbers a pair of channels, laid out for winograd_multiply*.wgsl: for each of the 36 positions,
// for each group of GROUP output channels, one block of [IN_PADDED][GROUP]. Channels beyond the real ones are zeros. With
// ADJOINT the weights are those of the gradient to the input: channels exchanged, taps in reverse.
// One invocation an input and four output channels.
override OUT_CHANNELS: u32 = 1u;
override IN_CHANNELS: u32 = 1u;
override OUT_PADDED: u32 = 32u;
override IN_PADDED: u32 = 2u;
override GROUP: u32 = 32u;
override ADJOINT: u32 = 0u;

@group(0) @binding(0) var<storage, read> weights: array<f32>;
@group(0) @binding(1) var<storage, read_write> blocks: array<vec4f>;

// G times a column.
fn transform(a: vec4f, b: vec4f, c: vec4f) -> array<vec4f, 6> {
  let even = a / 24.0 + c / 6.0;
  return array<vec4f, 6>(
    a / 4.0,
    (a + b + c) / -6.0,
    (a - b + c) / -6.0,
    even + b / 12.0,
    even - b / 12.0,
    c,
  );
}

fn weight(output: u32, input: u32, tap: u32) -> f32 {
  if (output >= OUT_CHANNELS || input >= IN_CHANNELS) {
    return 0.0;
  }
  if (ADJOINT == 1u) {
    return weights[(input * OUT_CHANNELS + output) * 9u + 8u - tap];
  }
  return weights[(output * IN_CHANNELS + input) * 9u + tap];
}

// Of four outputs.
fn four(output: u32, input: u32, tap: u32) -> vec4f {
  return vec4f(
    weight(output, input, tap),
    weight(output + 1u, input, tap),
    weight(output + 2u, input, tap),
    weight(output + 3u, input, tap),
  );
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + lane;
  let fours = OUT_PADDED / 4u;
  if (i >= fours * IN_PADDED) {
    return;
  }
  let output = i % fours * 4u;
  let input = i / fours;
  var columns: array<array<vec4f, 6>, 3>;
  for (var v = 0u; v < 3u; v++) {
    columns[v] = transform(four(output, input, v), four(output, input, 3u + v), four(output, input, 6u + v));
  }
  for (var r = 0u; r < 6u; r++) {
    let row = transform(columns[0][r], columns[1][r], columns[2][r]);
    for (var c = 0u; c < 6u; c++) {
      let block = (r * 6u + c) * (OUT_PADDED / GROUP) + output / GROUP;
      blocks[((block * IN_PADDED + input) * GROUP + output % GROUP) / 4u] = row[c];
    }
  }
}
