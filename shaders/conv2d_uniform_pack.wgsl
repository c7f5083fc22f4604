// Rearranges 3×3 weights into the blocks that conv2d_uniform.wgsl binds as uniforms. A block serves 8 output
// channels and up to BLOCK_CHANNELS input channels; blocks stand side by side, BLOCK_VECTORS vec4 each:
//   vec4 0       first output channel, first input channel, input channels in this block, output
//                channels in this block
//   vec4 1, 2    the 8 biases (zeros unless HAS_BIAS)
//   vec4 3 …     for each input channel, for each of the 9 taps, the 8 output channels' weights
// With ADJOINT the weights are those of the gradient to the input: channels exchanged, taps in reverse.
override OUT_CHANNELS: u32 = 1u;
override IN_CHANNELS: u32 = 1u;
override BLOCK_CHANNELS: u32 = 1u;
override BLOCK_VECTORS: u32 = 32u;
override ADJOINT: u32 = 0u;
override HAS_BIAS: u32 = 0u;

@group(0) @binding(0) var<storage, read> weights: array<f32>;
// Any tensor when HAS_BIAS is 0.
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> blocks: array<vec4f>;

fn weight(output: u32, input: u32, tap: u32) -> f32 {
  if (output >= OUT_CHANNELS || input >= IN_CHANNELS) {
    return 0.0;
  }
  if (ADJOINT == 1u) {
    return weights[(input * OUT_CHANNELS + output) * 9u + 8u - tap];
  }
  return weights[(output * IN_CHANNELS + input) * 9u + tap];
}

fn biasOf(output: u32) -> f32 {
  if (HAS_BIAS == 0u || output >= OUT_CHANNELS) {
    return 0.0;
  }
  return bias[output];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.x;
  if (at >= BLOCK_VECTORS) {
    return;
  }
  let perOutput = (IN_CHANNELS + BLOCK_CHANNELS - 1u) / BLOCK_CHANNELS;
  let firstOutput = (id.y / perOutput) * 8u;
  let firstInput = (id.y % perOutput) * BLOCK_CHANNELS;
  var value = vec4f();
  if (at == 0u) {
    let channels = min(BLOCK_CHANNELS, IN_CHANNELS - firstInput);
    let outputs = min(8u, OUT_CHANNELS - firstOutput);
    value = vec4f(f32(firstOutput), f32(firstInput), f32(channels), f32(outputs));
  } else if (at < 3u) {
    let o = firstOutput + (at - 1u) * 4u;
    value = vec4f(biasOf(o), biasOf(o + 1u), biasOf(o + 2u), biasOf(o + 3u));
  } else {
    let input = (at - 3u) / 18u;
    let tap = ((at - 3u) % 18u) / 2u;
    let o = firstOutput + ((at - 3u) % 2u) * 4u;
    if (input < BLOCK_CHANNELS) {
      let c = firstInput + input;
      value = vec4f(weight(o, c, tap), weight(o + 1u, c, tap), weight(o + 2u, c, tap), weight(o + 3u, c, tap));
    }
  }
  blocks[id.y * BLOCK_VECTORS + at] = value;
}
