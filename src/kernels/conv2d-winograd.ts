import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { F32_BYTES, Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import type { Filter3x3 } from './conv2d-filter.js';

/** Pixels along a side of an output tile; positions of its transform, each a matrix product of its own. */
const TILE = 4;
const POSITIONS = 36;

/** Output channels of a block of weights, tiles of one invocation, lanes of a workgroup. */
const BLOCK_OUTPUTS = 32;
const INVOCATION_TILES = 8;
const LANES = 8;

/** What a multiplying dispatch binds of the weights, as WGSL fixes it: the 64 KiB that every device allows. */
const BINDING_BYTES = 65_536;

/** The most bytes that a strip's transform may take; what a cache or a binding holds is far from all of a large image. */
const STRIP_BYTES = 2 ** 25;

/** How an image is cut into tiles and strips of whole tile rows. Pure, so that it is tested without a GPU. */
export function winogradStrips(
  height: number,
  width: number,
  channels: number,
  bytes = STRIP_BYTES,
): { across: number; strips: { firstRow: number; tiles: number; stride: number }[] } {
  const across = ceilDiv(width, TILE);
  const down = ceilDiv(height, TILE);
  const rowsFitting = Math.floor(bytes / (POSITIONS * channels * across * F32_BYTES));
  const count = ceilDiv(down, Math.max(1, rowsFitting));
  const rows = ceilDiv(down, count);
  const strips = [];
  for (let firstRow = 0; firstRow < down; firstRow += rows) {
    const tiles = Math.min(rows, down - firstRow) * across;
    strips.push({ firstRow, tiles, stride: ceilDiv(tiles, INVOCATION_TILES) * INVOCATION_TILES });
  }
  return { across, strips };
}

/**
 * Records the 3×3 convolution of x into y by Winograd's F(4×4, 3×3): a quarter of the multiplications, at about ten
 * times the rounding error (still near 1e-6 of the largest output). Adds to y when `accumulate`.
 */
export function conv2dWinograd(
  recorder: Recorder,
  label: string,
  x: Tensor,
  filter: Filter3x3,
  y: Tensor,
  accumulate: boolean,
  flops: number,
): void {
  const { weights, bias, batch, inputChannels, outputChannels, height, width } = filter;
  const outPadded = ceilDiv(outputChannels, BLOCK_OUTPUTS) * BLOCK_OUTPUTS;
  // Even, so that every block begins at a multiple of the 256 bytes that a binding's offset may have to keep to.
  const inPadded = ceilDiv(inputChannels, 2) * 2;
  const blocks = pack(recorder, filter, inPadded, outPadded);
  const blockBytes = inPadded * BLOCK_OUTPUTS * F32_BYTES;
  const blockCount = (POSITIONS * outPadded) / BLOCK_OUTPUTS;
  const perBinding = Math.floor(BINDING_BYTES / blockBytes);
  const { across, strips } = winogradStrips(height, width, Math.max(inputChannels, outPadded));
  const share = flops / (batch * strips.length * ceilDiv(blockCount, perBinding));

  for (let image = 0; image < batch; image++) {
    for (const [number, { firstRow, tiles, stride }] of strips.entries()) {
      const place = [height, width, across, firstRow, tiles, stride];
      const transformed = recorder.temporary('winograd.transformed', [POSITIONS, inputChannels, stride]);
      recorder.dispatch({
        label: `${label}.transform`,
        shader: 'winograd_input',
        bindings: [
          read(x),
          uniform(recorder.parameters('winograd.sizes', [...place, inputChannels, image])),
          write(transformed),
        ],
        workgroups: [ceilDiv(tiles, LANES), inputChannels, 1],
      });

      const products = recorder.temporary('winograd.products', [POSITIONS, outPadded, stride]);
      for (let first = 0; first < blockCount; first += perBinding) {
        const sizes = [inputChannels, inPadded, outPadded / BLOCK_OUTPUTS, first, stride];
        const view = new Tensor(blocks.storage, [BINDING_BYTES / F32_BYTES], first * blockBytes);
        recorder.dispatch({
          label,
          shader: 'winograd_multiply',
          constants: { BINDING_VECTORS: BINDING_BYTES / 16 },
          bindings: [
            read(transformed),
            uniform(view),
            uniform(recorder.parameters('winograd.sizes', sizes)),
            first > 0 ? update(products) : write(products),
          ],
          workgroups: [
            ceilDiv(stride, INVOCATION_TILES * LANES),
            1,
            Math.min(perBinding, blockCount - first),
          ],
          flops: share,
        });
      }

      recorder.dispatch({
        label: `${label}.restore`,
        shader: 'winograd_output',
        constants: { ACCUMULATE: accumulate ? 1 : 0, HAS_BIAS: bias ? 1 : 0 },
        bindings: [
          read(products),
          read(bias ?? weights),
          uniform(recorder.parameters('winograd.sizes', [...place, outputChannels, outPadded, image])),
          accumulate || image > 0 || number > 0 ? update(y) : write(y),
        ],
        workgroups: [ceilDiv(tiles, LANES), outputChannels, 1],
      });
    }
  }
}

function pack(recorder: Recorder, filter: Filter3x3, inPadded: number, outPadded: number): Tensor {
  const { weights, adjoint, inputChannels, outputChannels } = filter;
  // The last block has a whole binding's room behind its beginning.
  const room = POSITIONS * inPadded * outPadded + BINDING_BYTES / F32_BYTES;
  return recorder.prepared([weights], `winograd${adjoint ? '.adjoint' : ''}`, [room], (blocks) =>
    recorder.dispatch({
      label: 'conv2d.pack',
      shader: 'winograd_pack',
      constants: {
        OUT_CHANNELS: outputChannels,
        IN_CHANNELS: inputChannels,
        OUT_PADDED: outPadded,
        IN_PADDED: inPadded,
        ADJOINT: adjoint ? 1 : 0,
      },
      bindings: [read(weights), write(blocks)],
      workgroups: linearGrid(inPadded * outPadded, 64),
    }),
  );
}
