import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import type { Conv3x3, Filter3x3 } from './conv2d-filter.js';
import { type Multiplication, SHARED, SINGLE, TILED } from './conv2d-winograd-multiply.js';
import {
  BLOCK_QUADS,
  POSITIONS,
  QUAD,
  SIDE,
  WINOGRAD_TILE,
  winogradStrips,
} from './conv2d-winograd-tiles.js';
import { texelCopy } from './texel-copy.js';

/** Of all float32 numbers. */
const LEAST = -(2 - 2 ** -23) * 2 ** 127;

/** Pixels that are loaded and stored together where rows allow it. */
const VECTOR = 4;

/** Channels that a workgroup transforms. */
const WORKGROUP_CHANNELS = 8;

const TRANSFORMS = {
  quad: { input: 'winograd_input', output: 'winograd_output' },
  tile: { input: 'winograd_input_tiled', output: 'winograd_output_tiled' },
} as const;

/**
 * Records the 3×3 convolution of x into y by Winograd's F(4×4, 3×3): a quarter of the multiplications, at some
 * ten times the rounding error: 2e-6 to 4e-6 of the largest output for random numbers in layers down to conv3_1 where
 * subgroups add up four channels first, and up to 8e-6 else. Made for processors.
 */
export function conv2dWinograd(recorder: Recorder, call: Conv3x3): void {
  winograd(recorder, call, recorder.gpu.facts.subgroupSize === BLOCK_QUADS ? SHARED : SINGLE);
}

/** The same, its products made for GPUs. */
export function conv2dWinogradTiled(recorder: Recorder, call: Conv3x3): void {
  winograd(recorder, call, TILED);
}

function winograd(recorder: Recorder, call: Conv3x3, multiplication: Multiplication): void {
  const { label, filter, rectify } = call;
  const { batch, inputChannels, outputChannels, height, width } = filter;
  const { inputs, outputs } = multiplication;
  const shaders = TRANSFORMS[multiplication.transforms];
  const inPadded = ceilDiv(inputChannels, inputs) * inputs;
  const outPadded = ceilDiv(outputChannels, outputs) * outputs;
  const channels = Math.max(inPadded, outPadded);
  const { quadsAcross, strips } = winogradStrips(height, width, channels, multiplication.stripBytes);
  const weights = pack(recorder, filter, inPadded, outPadded, multiplication);
  const share = call.flops / (batch * strips.length);
  for (let image = 0; image < batch; image++) {
    strips.forEach((strip, number) => {
      const place = [height, width, quadsAcross, strip.firstRow, strip.quads];
      const vectors = (channels: number) => [strip.blocks, POSITIONS, channels, BLOCK_QUADS * QUAD];
      const transformed = recorder.temporary('winograd.transformed', vectors(inPadded));
      const products = recorder.temporary('winograd.products', vectors(outPadded));
      const floor = rectify ? 0 : LEAST;
      const asRead = (tensor: Tensor) =>
        multiplication.copies ? texelCopy(recorder, label, tensor) : tensor;
      const inputSizes = [...place, inputChannels, inPadded, image, floor, SIDE];
      transform(recorder, call, shaders.input, inputSizes, transformed);
      const matrices = { transformed: asRead(transformed), weights, products, quads: strip.quads };
      multiplication.record(recorder, label, matrices, share);
      const outputSizes = [...place, outputChannels, outPadded, image];
      restore(recorder, call, shaders.output, outputSizes, asRead(products), image + number > 0);
    });
  }
}

/** `sizes` as winograd_input.wgsl has them. */
function transform(
  recorder: Recorder,
  { label, x, filter }: Conv3x3,
  shader: 'winograd_input' | 'winograd_input_tiled',
  sizes: readonly number[],
  transformed: Tensor,
): void {
  const [blocks, , channels] = transformed.shape as [number, number, number, number];
  recorder.dispatch({
    label: `${label}.transform`,
    shader,
    constants: { WIDE: isWide(filter) ? 1 : 0 },
    types: { In: x.dtype, In4: wgslType(x.dtype, 4) },
    bindings: [read(x), read(x), uniform(recorder.parameters('winograd.sizes', sizes)), write(transformed)],
    workgroups: [blocks, ceilDiv(channels, WORKGROUP_CHANNELS), 1],
  });
}

/** `place` as winograd_output.wgsl begins its sizes; `begun`: whether part of y has been written already. */
function restore(
  recorder: Recorder,
  { label, filter, y, accumulate, gate }: Conv3x3,
  shader: 'winograd_output' | 'winograd_output_tiled',
  place: readonly number[],
  products: Tensor,
  begun: boolean,
): void {
  const { bias, weights, outputChannels } = filter;
  const [blocks] = products.shape as [number, number, number, number];
  const wide = isWide(filter);
  const output = accumulate || begun ? update(y) : write(y);
  const uses = [accumulate, bias !== undefined, gate !== undefined].map(Number);
  const gateType = gate?.dtype ?? 'f32';
  const unused = write(recorder.temporary('winograd.unused', [VECTOR]));
  recorder.dispatch({
    label: `${label}.restore`,
    shader,
    constants: { WIDE: wide ? 1 : 0 },
    types: {
      Gate: gateType,
      Gate4: wgslType(gateType, 4),
      Out: y.dtype,
      Out4: wgslType(y.dtype, 4),
    },
    bindings: [
      read(products),
      read(bias ?? weights),
      read(gate ?? weights),
      read(gate ?? weights),
      uniform(recorder.parameters('winograd.sizes', [...place, ...uses, SIDE, WINOGRAD_TILE])),
      wide ? unused : output,
      wide ? output : unused,
    ],
    workgroups: [blocks, ceilDiv(outputChannels, WORKGROUP_CHANNELS), 1],
  });
}

/** Whether rows begin at whole vectors of pixels. */
function isWide({ width }: Filter3x3): boolean {
  return width % VECTOR === 0;
}

function pack(
  recorder: Recorder,
  { weights, adjoint, inputChannels, outputChannels }: Filter3x3,
  inPadded: number,
  outPadded: number,
  { inputs, outputs, room, form }: Multiplication,
): Tensor {
  const padded = [outPadded, inPadded, outputs];
  const sizes = [outputChannels, inputChannels, ...padded, adjoint ? 1 : 0, SIDE, SIDE - WINOGRAD_TILE + 1];
  const record = (packed: Tensor) =>
    recorder.dispatch({
      label: 'conv2d.pack',
      shader: 'winograd_pack',
      bindings: [read(weights), uniform(recorder.parameters('winograd.sizes', sizes)), write(packed)],
      workgroups: linearGrid((inPadded * outPadded) / 4, 64),
    });
  const key = `winograd.${inputs}×${outputs}.${form}${adjoint ? '.adjoint' : ''}`;
  return recorder.prepared([weights], key, [POSITIONS * inPadded * outPadded + room], record, form);
}
