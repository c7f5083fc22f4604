import { read, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import type { Conv3x3, Filter3x3 } from './conv2d-filter.js';

/** Pixels along each side, and output channels, of what one workgroup makes; as written in the shader. */
const TILE_PIXELS = 16;
const TILE_CHANNELS = 32;

/** Records the workgroup-tiled 3×3 convolution of x into y; adds to y when `accumulate`. */
export function conv2dTiled(recorder: Recorder, { label, x, filter, y, accumulate, flops }: Conv3x3): void {
  const { weights, bias, batch, inputChannels, outputChannels, height, width } = filter;
  const padded = ceilDiv(outputChannels, TILE_CHANNELS) * TILE_CHANNELS;
  const packed = pack(recorder, filter, padded);
  recorder.dispatch({
    label,
    shader: 'conv2d_tiled',
    constants: {
      IN_CHANNELS: inputChannels,
      OUT_CHANNELS: outputChannels,
      PADDED_CHANNELS: padded,
      HEIGHT: height,
      WIDTH: width,
      HAS_BIAS: bias ? 1 : 0,
      ACCUMULATE: accumulate ? 1 : 0,
    },
    types: { In: x.dtype, Out: y.dtype },
    bindings: [read(x), read(packed), read(bias ?? weights), accumulate ? update(y) : write(y)],
    workgroups: [ceilDiv(width, TILE_PIXELS), ceilDiv(height, TILE_PIXELS), (batch * padded) / TILE_CHANNELS],
    flops,
  });
}

function pack(recorder: Recorder, filter: Filter3x3, padded: number): Tensor {
  const { weights, adjoint, inputChannels, outputChannels } = filter;
  const count = inputChannels * 9 * padded;
  return recorder.prepared([weights], `tiled${adjoint ? '.adjoint' : ''}`, [count], (packed) =>
    recorder.dispatch({
      label: 'conv2d.pack',
      shader: 'conv2d_tiled_pack',
      constants: {
        OUT_CHANNELS: outputChannels,
        IN_CHANNELS: inputChannels,
        PADDED_CHANNELS: padded,
        ADJOINT: adjoint ? 1 : 0,
      },
      bindings: [read(weights), write(packed)],
      workgroups: linearGrid(count),
    }),
  );
}
