import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { Tensor } from '../gpu/tensor.js';
import { ceilDiv } from '../gpu/workgroups.js';
import type { Conv3x3, Filter3x3 } from './conv2d-filter.js';

/** Output channels of one block, pixels along each side of one invocation's tile, lanes of a workgroup. */
const BLOCK_OUTPUTS = 8;
const TILE = 4;
const LANES = 8;

/** In a block: the header and the biases; then so many for each input channel. Bytes of a vec4. */
const HEADER_VECTORS = 3;
const VECTORS_PER_CHANNEL = 18;
const VECTOR_BYTES = 16;

/**
 * What a dispatch binds, whatever its block's size: WGSL fixes a uniform's length when it is compiled, and one
 * compilation is to serve all layers. The last block has that much room behind its beginning.
 */
const BINDING_VECTORS = 4096;

/** How the weights are cut into blocks that each fit one uniform binding. Pure, so that it is tested without a GPU. */
export function uniformBlocks(
  inputChannels: number,
  outputChannels: number,
  offsetAlignment: number,
): { channels: number; vectors: number; count: number } {
  const fitting = BINDING_VECTORS - HEADER_VECTORS;
  const perOutput = ceilDiv(inputChannels, Math.floor(fitting / VECTORS_PER_CHANNEL));
  // Equal shares rather than full blocks and a remainder: all dispatches then take one pipeline.
  const channels = ceilDiv(inputChannels, perOutput);
  const alignment = offsetAlignment / VECTOR_BYTES;
  const vectors = ceilDiv(HEADER_VECTORS + channels * VECTORS_PER_CHANNEL, alignment) * alignment;
  return {
    channels,
    vectors,
    count: ceilDiv(outputChannels, BLOCK_OUTPUTS) * ceilDiv(inputChannels, channels),
  };
}

/**
 * Records the 3×3 convolution of x into y with weights read as uniforms; adds to y when `accumulate`. Where y holds
 * float16, it is rounded once for every 227 input channels.
 */
export function conv2dUniform(recorder: Recorder, { label, x, filter, y, accumulate, flops }: Conv3x3): void {
  const { batch, inputChannels, outputChannels, height, width } = filter;
  const { minUniformBufferOffsetAlignment } = recorder.gpu.limits;
  const { channels, vectors, count } = uniformBlocks(
    inputChannels,
    outputChannels,
    minUniformBufferOffsetAlignment,
  );
  const blocks = pack(recorder, filter, channels, vectors, count);
  const sizes = recorder.parameters('conv2d.sizes', [inputChannels, outputChannels, height, width]);
  const perOutput = ceilDiv(inputChannels, channels);
  for (let block = 0; block < count; block++) {
    // Blocks of the same output channels stand side by side: all but the first add to what it stored.
    const add = accumulate || block % perOutput > 0;
    const view = new Tensor(
      blocks.storage,
      [BINDING_VECTORS * 4],
      blocks.offset + block * vectors * VECTOR_BYTES,
    );
    recorder.dispatch({
      label,
      shader: 'conv2d_uniform',
      constants: { ADD: add ? 1 : 0, BLOCK_VECTORS: BINDING_VECTORS },
      types: { In: x.dtype, Out: y.dtype },
      bindings: [read(x), uniform(view), uniform(sizes), add || block > 0 ? update(y) : write(y)],
      workgroups: [ceilDiv(width, TILE * LANES), ceilDiv(height, TILE), batch],
      flops: flops / count,
    });
  }
}

function pack(
  recorder: Recorder,
  filter: Filter3x3,
  channels: number,
  vectors: number,
  count: number,
): Tensor {
  const { weights, bias, adjoint, inputChannels, outputChannels } = filter;
  const sources: [Tensor, ...Tensor[]] = bias ? [weights, bias] : [weights];
  const room = ((count - 1) * vectors + BINDING_VECTORS) * 4;
  return recorder.prepared(sources, `uniform${adjoint ? '.adjoint' : ''}`, [room], (blocks) =>
    recorder.dispatch({
      label: 'conv2d.pack',
      shader: 'conv2d_uniform_pack',
      constants: {
        OUT_CHANNELS: outputChannels,
        IN_CHANNELS: inputChannels,
        BLOCK_CHANNELS: channels,
        BLOCK_VECTORS: vectors,
        ADJOINT: adjoint ? 1 : 0,
        HAS_BIAS: bias ? 1 : 0,
      },
      bindings: [read(weights), read(bias ?? weights), write(blocks)],
      workgroups: [ceilDiv(vectors, 64), count, 1],
    }),
  );
}
