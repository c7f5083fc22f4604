import { type Dispatch, read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { F32_BYTES, type Form, Tensor } from '../gpu/tensor.js';
import { ceilDiv } from '../gpu/workgroups.js';
import { BLOCK_QUADS, MOST_STRIP_BYTES, POSITIONS } from './conv2d-winograd-tiles.js';

/** The matrices of all positions' products. */
export interface Matrices {
  /** V: [blocks, POSITIONS, inPadded, BLOCK_QUADS · 4]. */
  transformed: Tensor;
  /** U: [POSITIONS, groups, inPadded, outputs], and what room there is behind. */
  weights: Tensor;
  /** To be written, [blocks, POSITIONS, outPadded, BLOCK_QUADS · 4]. */
  products: Tensor;
  /** Quads in use, in all blocks. */
  quads: number;
}

/** Of a strip's V or M: what a binding holds anywhere is far from all of a large image. */
const STRIP_BYTES = 2 ** 24;

/** A way to make the products: how it wants the channels padded and the weights laid out, and what it records. */
export interface Multiplication {
  /** What an invocation of the transforms works off: a quad, or a single tile, for many of them. */
  transforms: 'quad' | 'tile';
  /** Output channels of a group of weights: these are padded to whole groups. */
  outputs: number;
  /** Input channels are padded to a multiple of this. */
  inputs: number;
  /** Where the weights lie. */
  form: Form;
  /** Whether what is multiplied, and the products, are copied into texels for those who read them. */
  copies: boolean;
  /** Bytes of a strip's V or M, where the image has to be cut. */
  stripBytes: number;
  /** Numbers that there is to be room for behind the last group. */
  room: number;
  record(recorder: Recorder, label: string, matrices: Matrices, flops: number): void;
}

/** How many lanes of SHARED work at a group of weights, one for each of the quads in use as far as may be. Pure. */
export function sharedSpan(quads: number): number {
  if (quads > 4) return BLOCK_QUADS;
  return quads > 2 ? 4 : 2;
}

/** For processors with subgroups as large as a block, whose lanes load weights together and hand them round. */
export const SHARED: Multiplication = {
  transforms: 'quad',
  outputs: 64,
  inputs: 4,
  form: 'texels',
  copies: true,
  // What is copied is to be in a cache still when it is read.
  stripBytes: 2 ** 23,
  room: 0,
  record(recorder, label, matrices, flops) {
    const { blocks, inPadded, groups } = sizesOf(matrices, this);
    const shader = 'winograd_multiply_broadcast';
    const SPAN = sharedSpan(matrices.quads);
    const workgroups = [blocks, 1, POSITIONS * ceilDiv(groups, BLOCK_QUADS / SPAN)] as const;
    const call = { label, shader, constants: { SPAN }, workgroups, flops } as const;
    inOne(recorder, call, matrices, [inPadded, groups, STORE_TURNS]);
  },
};

/** In how many turns winograd_multiply_broadcast.wgsl stores. */
const STORE_TURNS = 4;

/** What a dispatch without subgroups binds of the weights, as WGSL fixes it: the 64 KiB that every device allows. */
const BINDING_BYTES = 65_536;

/**
 * For other processors. Every lane loads every weight: from a uniform buffer, which is faster, in as many dispatches as
 * that takes bindings.
 */
export const SINGLE: Multiplication = {
  transforms: 'quad',
  outputs: 32,
  inputs: 4,
  form: 'buffer',
  copies: false,
  stripBytes: STRIP_BYTES,
  // The last group has a whole binding's room behind its beginning.
  room: BINDING_BYTES / F32_BYTES,
  record(recorder, label, matrices, flops) {
    const { transformed, weights, products } = matrices;
    const { blocks, inPadded, groups: perPosition } = sizesOf(matrices, this);
    const groups = POSITIONS * perPosition;
    const groupBytes = inPadded * this.outputs * F32_BYTES;
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
          uniform(recorder.parameters('winograd.sizes', [inPadded, perPosition, first])),
          first > 0 ? update(products) : write(products),
        ],
        workgroups: [blocks, 1, count],
        flops: (flops * count) / groups,
      });
    }
  },
};

/** Blocks that a workgroup of winograd_multiply_tiled.wgsl makes side by side. */
const TILED_BLOCKS = 2;

/** For GPUs, by tiles in workgroup memory. */
export const TILED: Multiplication = {
  transforms: 'tile',
  outputs: 64,
  inputs: 8,
  form: 'buffer',
  copies: false,
  // A strip is three dispatches that wait for one another, and in each of them there is to be enough to do.
  stripBytes: MOST_STRIP_BYTES,
  room: 0,
  record(recorder, label, matrices, flops) {
    const { blocks, inPadded, groups } = sizesOf(matrices, this);
    const shader = 'winograd_multiply_tiled';
    const workgroups = [ceilDiv(blocks, TILED_BLOCKS), groups, POSITIONS] as const;
    inOne(recorder, { label, shader, workgroups, flops }, matrices, [inPadded, blocks]);
  },
};

/** All products in one dispatch. */
function inOne(
  recorder: Recorder,
  call: Omit<Dispatch, 'bindings'>,
  { transformed, weights, products }: Matrices,
  sizes: readonly number[],
): void {
  recorder.dispatch({
    ...call,
    bindings: [
      read(transformed),
      read(weights),
      uniform(recorder.parameters('winograd.sizes', sizes)),
      write(products),
    ],
  });
}

function sizesOf({ transformed, products }: Matrices, { outputs }: Multiplication) {
  const [blocks, , inPadded] = transformed.shape as [number, number, number, number];
  const [, , outPadded] = products.shape as [number, number, number, number];
  return { blocks, inPadded, groups: outPadded / outputs };
}
