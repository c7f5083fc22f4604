import type { AdapterFacts } from '../gpu/facts.js';
import type { Gpu } from '../gpu/gpu.js';
import type { ShaderName } from '../gpu/pipelines.js';
import type { Form as StorageForm } from '../gpu/tensor.js';
import { vectorsOfEight } from './history.js';
import type { HistoryBits } from './options.js';

/**
 * How the passes over the history are laid out.
 *
 * 'wide': workgroups of 256 lanes that share what they read and add up among themselves, as a GPU likes it. 'narrow': of
 * eight, one vector of a processor that plays the GPU, where a barrier has to swap the registers of 32 such vectors, a
 * load is eight loads, and what matters is that a lane loads whole vectors, in a loop that stays in the instruction
 * cache, and that the history is read in the order in which it lies. Narrow leaves eight partial sums a tile
 * and row.
 */
export type Form = 'wide' | 'narrow';

/** The constants of a form, by pass; the shaders tell what they mean. */
export interface FormConstants {
  parts: number;
  dots: ShaderName;
  /** append and combine. */
  tile: { LANES: number; PARTS: number };
  /** reduce and decide. */
  sums: { LANES: number; PARTS: number };
  recursion: { LANES: number };
}

export const FORMS: Readonly<Record<Form, FormConstants>> = {
  wide: {
    parts: 1,
    dots: 'lbfgs_dots',
    tile: { LANES: 128, PARTS: 1 },
    sums: { LANES: 256, PARTS: 1 },
    recursion: { LANES: 256 },
  },
  narrow: {
    parts: 8,
    dots: 'lbfgs_dots_narrow',
    tile: { LANES: 8, PARTS: 8 },
    sums: { LANES: 8, PARTS: 8 },
    recursion: { LANES: 8 },
  },
};

/** Rows whose sums lbfgs_dots_narrow keeps in workgroup memory: eight vec4f each, of the 16 KiB that all devices have. */
const HELD_ROWS = 128;

/** The constants of a form's dots for so many slots. */
export function dotsConstants(form: Form, slots: number): Record<string, number> {
  return form === 'wide' ? { SLOTS: slots } : { SLOTS: slots, HELD: Math.min(slots, HELD_ROWS) };
}

/**
 * Eights that a lane of combine holds at once. Narrow: its share of a strip, which makes eight loads a turn; with sixteen
 * the loop outgrows the instruction cache.
 */
export function combineHeld(form: Form, bits: HistoryBits): number {
  return form === 'wide' ? 1 : 4 / vectorsOfEight(bits);
}

/** Where the history lies: in texels where the passes like that. */
export function historyForm(form: Form, { quickTexels }: AdapterFacts): StorageForm {
  return form === 'narrow' && quickTexels ? 'texels' : 'buffer';
}

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
