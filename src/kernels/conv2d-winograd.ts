import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { F32_BYTES, type Form, Tensor } from '../gpu/tensor.js';
import { wgslType } from '../gpu/wgsl-types.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import type { Conv3x3, Filter3x3 } from './conv2d-filter.js';

/** Pixels along a side of an output tile; tiles side by side that an invocation works off together. */
const TILE = 4;
const QUAD = 4;

/** Positions of a tile's transform, each a matrix product of its own. */
const SIDE = 6;
const POSITIONS = SIDE * SIDE;

/** Of all float32 numbers. */
const LEAST = -(2 - 2 ** -23) * 2 ** 127;

/** Quads of a block: what the lanes of one workgroup multiply. Channels that a workgroup transforms. */
const BLOCK_QUADS = 8;
const WORKGROUP_CHANNELS = 8;

/** Input channels that the multiplication takes at a time, or a multiple of that. */
const STEP_CHANNELS = 4;

/** In how many turns winograd_multiply_broadcast.wgsl stores. */
const STORE_TURNS = 4;

/** How the multiplication takes the weights. */
interface Grouping {
  /** Output channels of a group of weights. */
  outputs: number;
  /** Where they lie. */
  form: Form;
}

/** For subgroups as large as a block, whose lanes load weights together and hand them round. */
const SHARED: Grouping = { outputs: 64, form: 'texels' };
/** For others. */
const SINGLE: Grouping = { outputs: 32, form: 'buffer' };

const grouping = ({ gpu }: Recorder) => (gpu.facts.subgroupSize === BLOCK_QUADS ? SHARED : SINGLE);

/** What a dispatch without subgroups binds of the weights, as WGSL fixes it: the 64 KiB that every device allows. */
const BINDING_BYTES = 65_536;

/** The most bytes that a strip's transform may take; what a cache or a binding holds is far from all of a large image. */
const STRIP_BYTES = 2 ** 24;

/** A few whole rows of tiles, transformed and multiplied together. */
export interface WinogradStrip {
  firstRow: number;
  quads: number;
  blocks: number;
}

/** How the image is cut into quads and strips. Pure, so that it is tested without a GPU. */
export function winogradStrips(
  height: number,
  width: number,
  channels: number,
  bytes = STRIP_BYTES,
): { quadsAcross: number; strips: WinogradStrip[] } {
  const quadsAcross = ceilDiv(width, TILE * QUAD);
  const down = ceilDiv(height, TILE);
  const rowsFitting = Math.floor(bytes / (POSITIONS * channels * quadsAcross * QUAD * F32_BYTES));
  const count = ceilDiv(down, Math.max(1, rowsFitting));
  const rows = ceilDiv(down, count);
  const strips = [];
  for (let firstRow = 0; firstRow < down; firstRow += rows) {
    const quads = Math.min(rows, down - firstRow) * quadsAcross;
    strips.push({ firstRow, quads, blocks: ceilDiv(quads, BLOCK_QUADS) });
  }
  return { quadsAcross, strips };
}

/**
 * Records the 3×3 convolution of x into y by Winograd's F(4×4, 3×3): a quarter of the multiplications, at some
 * ten times the rounding error: 3e-6 to 8e-6 of the largest output for random numbers in layers down to conv3_1.
 */
export function conv2dWinograd(recorder: Recorder, call: Conv3x3): void {
  const { batch, inputChannels, outputChannels, height, width } = call.filter;
  const { outputs } = grouping(recorder);
  const outPadded = ceilDiv(outputChannels, outputs) * outputs;
  // The multiplication takes as many at a time.
  const inPadded = ceilDiv(inputChannels, STEP_CHANNELS) * STEP_CHANNELS;
  const { quadsAcross, strips } = winogradStrips(height, width, Math.max(inPadded, outPadded));
  const share = call.flops / (batch * strips.length);
  for (let image = 0; image < batch; image++) {
    strips.forEach((strip, number) => {
      const place = [height, width, quadsAcross, strip.firstRow, strip.quads];
      const vectors = (channels: number) => [strip.blocks, POSITIONS, channels, BLOCK_QUADS * QUAD];
      const transformed = recorder.temporary('winograd.transformed', vectors(inPadded));
      const products = recorder.temporary('winograd.products', vectors(outPadded));
      const floor = call.rectify ? 0 : LEAST;
      transform(recorder, call, [...place, inputChannels, inPadded, image, floor, SIDE], transformed);
      multiply(recorder, call, strip, share, transformed, products);
      restore(recorder, call, [...place, outputChannels, outPadded, image], products, image + number > 0);
    });
  }
}

/** `sizes` as winograd_input.wgsl has them. */
function transform(
  recorder: Recorder,
  { label, x, filter }: Conv3x3,
  sizes: readonly number[],
  transformed: Tensor,
): void {
  const [blocks, , channels] = transformed.shape as [number, number, number, number];
  recorder.dispatch({
    label: `${label}.transform`,
    shader: 'winograd_input',
    constants: { WIDE: isWide(filter) ? 1 : 0 },
    types: { In: x.dtype, In4: wgslType(x.dtype, 4) },
    bindings: [read(x), read(x), uniform(recorder.parameters('winograd.sizes', sizes)), write(transformed)],
    workgroups: [blocks, ceilDiv(channels, WORKGROUP_CHANNELS), 1],
  });
}

/** All positions' products. */
function multiply(
  recorder: Recorder,
  { label, filter }: Conv3x3,
  { blocks }: WinogradStrip,
  flops: number,
  transformed: Tensor,
  products: Tensor,
): void {
  const [, , inPadded] = transformed.shape as [number, number, number, number];
  const [, , outPadded] = products.shape as [number, number, number, number];
  const weights = pack(recorder, filter, inPadded, outPadded);
  const { outputs, form } = grouping(recorder);
  const outGroups = outPadded / outputs;
  const groups = POSITIONS * outGroups;
  if (form === 'texels') {
    recorder.dispatch({
      label,
      shader: 'winograd_multiply_broadcast',
      bindings: [
        read(transformed),
        read(weights),
        uniform(recorder.parameters('winograd.sizes', [inPadded, outGroups, STORE_TURNS])),
        write(products),
      ],
      workgroups: [blocks, 1, groups],
      flops,
    });
    return;
  }
  // Every lane loads every weight: from a uniform buffer, which is faster, in as many dispatches as that takes bindings.
  const groupBytes = inPadded * outputs * F32_BYTES;
  const perBinding = Math.floor(BINDING_BYTES / groupBytes);
  for (let first = 0; first < groups; first += perBinding) {
    const count = Math.min(perBinding, groups - first);
    recorder.dispatch({
      label,
      shader: 'winograd_multiply',
      constants: { BINDING_VECTORS: BINDING_BYTES / 16 },
      bindings: [
        read(transformed),
        uniform(new Tensor(weights.storage, [BINDING_BYTES / F32_BYTES], first * groupBytes)),
        uniform(recorder.parameters('winograd.sizes', [inPadded, outGroups, first])),
        first > 0 ? update(products) : write(products),
      ],
      workgroups: [blocks, 1, count],
      flops: (flops * count) / groups,
    });
  }
}

/** `place` as winograd_output.wgsl begins its sizes; `begun`: whether part of y has been written already. */
function restore(
  recorder: Recorder,
  { label, filter, y, accumulate, gate }: Conv3x3,
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
  const unused = write(recorder.temporary('winograd.unused', [QUAD]));
  recorder.dispatch({
    label: `${label}.restore`,
    shader: 'winograd_output',
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
      uniform(recorder.parameters('winograd.sizes', [...place, ...uses, SIDE, TILE])),
      wide ? unused : output,
      wide ? output : unused,
    ],
    workgroups: [blocks, ceilDiv(outputChannels, WORKGROUP_CHANNELS), 1],
  });
}

/** Whether rows begin at whole vectors of four pixels. */
function isWide({ width }: Filter3x3): boolean {
  return width % QUAD === 0;
}

function pack(recorder: Recorder, filter: Filter3x3, inPadded: number, outPadded: number): Tensor {
  const { weights, adjoint, inputChannels, outputChannels } = filter;
  const { outputs, form } = grouping(recorder);
  // The last group has a whole binding's room behind its beginning.
  const room = form === 'texels' ? 0 : BINDING_BYTES / F32_BYTES;
  const shape = [POSITIONS * inPadded * outPadded + room];
  const padded = [outPadded, inPadded, outputs];
  const sizes = [outputChannels, inputChannels, ...padded, adjoint ? 1 : 0, SIDE, SIDE - TILE + 1];
  const record = (packed: Tensor) =>
    recorder.dispatch({
      label: 'conv2d.pack',
      shader: 'winograd_pack',
      bindings: [read(weights), uniform(recorder.parameters('winograd.sizes', sizes)), write(packed)],
      workgroups: linearGrid((inPadded * outPadded) / 4, 64),
    });
  return recorder.prepared([weights], `winograd${adjoint ? '.adjoint' : ''}`, shape, record, form);
}
