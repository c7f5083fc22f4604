import type { Gpu } from '../gpu/gpu.js';

/**
 * How the passes over the history are laid out.
 *
 * 'wide': workgroups of 256 lanes that share what they read and add up among themselves, as a GPU likes it. 'narrow': of
 * eight, one vector of a processor that plays the GPU, where a barrier has to swap the registers of 32 such vectors, a
 * load is eight loads, and what matters is that a lane loads four elements in a row in a loop that stays in the
 * instruction cache. Narrow leaves eight partial sums a tile and row.
 */
export type Form = 'wide' | 'narrow';

/** The constants of a form, by pass; the shaders tell what they mean. */
export interface FormConstants {
  parts: number;
  dots: { LANES: number; WIDTH: number; PARTS: number };
  combine: { LANES: number; HELD: number; PARTS: number };
  /** reduce and decide. */
  sums: { LANES: number; PARTS: number };
  recursion: { LANES: number };
}

export const FORMS: Readonly<Record<Form, FormConstants>> = {
  wide: {
    parts: 1,
    dots: { LANES: 256, WIDTH: 32, PARTS: 1 },
    combine: { LANES: 256, HELD: 1, PARTS: 1 },
    sums: { LANES: 256, PARTS: 1 },
    recursion: { LANES: 256 },
  },
  narrow: {
    parts: 8,
    dots: { LANES: 8, WIDTH: 8, PARTS: 8 },
    // Four places at once take turns with 16 loads; with eight the loop outgrows the instruction cache.
    combine: { LANES: 8, HELD: 4, PARTS: 8 },
    sums: { LANES: 8, PARTS: 8 },
    recursion: { LANES: 8 },
  },
};

/** Bytes of one partial sum, a vec4f. */
const SUM_BYTES = 16;

/** Which forms can take a history of `rows` rows over `tiles` tiles, in the order to prefer. Pure. */
export function eligibleForms(rows: number, tiles: number, bindingBytes: number, software: boolean): Form[] {
  const order: Form[] = software ? ['narrow', 'wide'] : ['wide', 'narrow'];
  return order.filter(
    (form) => form === 'wide' || SUM_BYTES * rows * tiles * FORMS.narrow.parts <= bindingBytes,
  );
}

/** The form to record: forced or measured as 'lbfgs', else by the kind of adapter. */
export function chooseForm(gpu: Gpu, rows: number, tiles: number): Form {
  const { maxStorageBufferBindingSize } = gpu.limits;
  const eligible = eligibleForms(rows, tiles, maxStorageBufferBindingSize, gpu.facts.software);
  return gpu.variants.choose('lbfgs', `${rows} rows of ${tiles}`, eligible);
}
