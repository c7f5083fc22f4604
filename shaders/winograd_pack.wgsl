// Transforms 3×3 weights for Winograd's F(4×4, 3×3) (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2016): U = G g Gᵀ, 36 numbers a pair of channels, laid out for winograd_multiply*.wgsl: for each of the 36 positions,
// for each group of output channels, one block of [inPadded][group]. Channels beyond the real ones are zeros. With
// `adjoint` 1 the weights are those of the gradient to the input: channels exchanged, taps in reverse.
// One invocation an input and four output channels.
// Sizes are no constants: all shapes share a pipeline, whose loops the compiler does not unroll.

struct Sizes {
  outChannels: f32,
  inChannels: f32,
  outPadded: f32,
  inPadded: f32,
  group: f32,
  // 0 or 1.
  adjoint: f32,
  // 6 and 3.
  side: f32,
  taps: f32,
}

@group(0) @binding(0) var<storage, read> weights: array<f32>;
@group(0) @binding(1) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> blocks: array<vec4f>;

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
  let outputs = u32(sizes.outChannels);
  let inputs = u32(sizes.inChannels);
  if (output >= outputs || input >= inputs) {
    return 0.0;
  }
  let adjoint = sizes.adjoint == 1.0;
  return weights[
    select(output * inputs + input, input * outputs + output, adjoint) * 9u + select(tap, 8u - tap, adjoint)
  ];
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
  let fours = u32(sizes.outPadded) / 4u;
  let channels = u32(sizes.inPadded);
  let outputs = u32(sizes.group);
  if (i >= fours * channels) {
    return;
  }
  let output = i % fours * 4u;
  let input = i / fours;
  var columns: array<array<vec4f, 6>, 3>;
  for (var v = 0u; v < u32(sizes.taps); v++) {
    columns[v] = transform(four(output, input, v), four(output, input, 3u + v), four(output, input, 6u + v));
  }
  let side = u32(sizes.side);
  for (var r = 0u; r < side; r++) {
    let row = transform(columns[0][r], columns[1][r], columns[2][r]);
    for (var c = 0u; c < side; c++) {
      let block = (r * side + c) * (4u * fours / outputs) + output / outputs;
      blocks[((block * channels + input) * outputs + output % outputs) / 4u] = row[c];
    }
  }
}
