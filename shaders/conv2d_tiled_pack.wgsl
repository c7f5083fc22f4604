// Rearranges 3×3 weights into the order that conv2d_tiled.wgsl stages them: for each input channel, for each of the
// 9 taps, all output channels side by side, zero-padded to PADDED_CHANNELS. With ADJOINT the weights are those of the
// gradient to the input: channels exchanged, taps in reverse.
override OUT_CHANNELS: u32 = 1u;
override IN_CHANNELS: u32 = 1u;
override PADDED_CHANNELS: u32 = 32u;
override ADJOINT: u32 = 0u;

@group(0) @binding(0) var<storage, read> weights: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<f32>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  if (i >= IN_CHANNELS * 9u * PADDED_CHANNELS) {
    return;
  }
  let output = i % PADDED_CHANNELS;
  let tap = (i / PADDED_CHANNELS) % 9u;
  let input = i / (PADDED_CHANNELS * 9u);
  var value = 0.0;
  if (output < OUT_CHANNELS) {
    if (ADJOINT == 1u) {
      value = weights[(input * OUT_CHANNELS + output) * 9u + 8u - tap];
    } else {
      value = weights[(output * IN_CHANNELS + input) * 9u + tap];
    }
  }
  packed[i] = value;
}
