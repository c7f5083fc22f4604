// Transforms 3×3 weights for Winograd's F(4×4, 3×3) (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2016): U = G g Gᵀ, 36 numbers a pair of channels, laid out for winograd_multiply.wgsl: for each of the 36 positions,
// for each group of 32 output channels, one block of [IN_PADDED][32]. Channels beyond the real ones are zeros. With
// ADJOINT the weights are those of the gradient to the input: channels exchanged, taps in reverse.
// One invocation a pair of channels.
override OUT_CHANNELS: u32 = 1u;
override IN_CHANNELS: u32 = 1u;
override OUT_PADDED: u32 = 32u;
override IN_PADDED: u32 = 2u;
override ADJOINT: u32 = 0u;

@group(0) @binding(0) var<storage, read> weights: array<f32>;
@group(0) @binding(1) var<storage, read_write> blocks: array<f32>;

// G times a column.
fn transform(a: f32, b: f32, c: f32) -> array<f32, 6> {
  let even = a / 24.0 + c / 6.0;
  return array<f32, 6>(
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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + lane;
  if (i >= OUT_PADDED * IN_PADDED) {
    return;
  }
  let output = i % OUT_PADDED;
  let input = i / OUT_PADDED;
  var columns: array<array<f32, 6>, 3>;
  for (var v = 0u; v < 3u; v++) {
    columns[v] = transform(weight(output, input, v), weight(output, input, 3u + v), weight(output, input, 6u + v));
  }
  for (var r = 0u; r < 6u; r++) {
    let row = transform(columns[0][r], columns[1][r], columns[2][r]);
    for (var c = 0u; c < 6u; c++) {
      let block = (r * 6u + c) * (OUT_PADDED / 32u) + output / 32u;
      blocks[(block * IN_PADDED + input) * 32u + output % 32u] = row[c];
    }
  }
}
