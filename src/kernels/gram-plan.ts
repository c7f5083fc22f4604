import type { AdapterFacts } from '../gpu/facts.js';
import { ceilDiv, linearGrid, MAX_WORKGROUPS_PER_AXIS } from '../gpu/workgroups.js';

/**
 * 'broadcast': what a subgroup loads is handed round in it, so that little is loaded (processors with subgroups).
 * 'lanes': every invocation multiplies its own columns, no workgroup memory in the inner loop (processors).
 * 'tiled': blocks staged in workgroup memory (GPUs).
 */
export type GramVariant = 'broadcast' | 'lanes' | 'tiled';

/** Invocations of a subgroup that the shaders of 'broadcast' are made for. */
export const BROADCAST_LANES = 8;

/** The variants that an adapter can run, those to prefer while nothing has been measured first. */
export function gramVariants({
  software,
  subgroupSize,
}: Pick<AdapterFacts, 'software' | 'subgroupSize'>): GramVariant[] {
  const broadcast: GramVariant[] = subgroupSize === BROADCAST_LANES ? ['broadcast'] : [];
  return software ? [...broadcast, 'lanes', 'tiled'] : ['tiled', 'lanes', ...broadcast];
}

/** How a Gram matrix is cut into workgroups: tiles of the result, and slices of the columns summed over. */
export interface GramPlan {
  /** Slices of the columns. With more than one, each writes a matrix of its own and a second pass adds them up. */
  slices: number;
  /** Columns in a slice (fewer in the last), a multiple of what the shader takes at a time. */
  slice: number;
  /** Of 'broadcast' there is one for each tile on and above the diagonal; of the others one for each tile. */
  workgroups: readonly [number, number, number];
}

interface Recipe {
  /** Rows and columns of the result that one workgroup makes. */
  tile: number;
  /** Slices are multiples of this. */
  step: number;
  /** As many workgroups as keep the adapter busy. */
  wanted: number;
  /** A slice shorter than this costs more in adding up than it gains. */
  shortest: number;
  /** A sum runs over no more columns than this in one piece, which bounds the growth of rounding errors. */
  longest: number;
}

const RECIPES: Record<GramVariant, Recipe> = {
  broadcast: { tile: 4 * BROADCAST_LANES, step: 4, wanted: 16, shortest: 512, longest: 2048 },
  lanes: { tile: 8, step: 32, wanted: 16, shortest: 1024, longest: 8192 },
  tiled: { tile: 64, step: 16, wanted: 512, shortest: 128, longest: 2048 },
};

/** Partial matrices may take no more than this, whatever the parallelism they would bring. */
const PARTIAL_BYTES = 2 ** 25;

/** Cuts an m × k times k × m product. Depends on nothing but its arguments, so that results can be repeated. */
export function planGram(variant: GramVariant, m: number, k: number): GramPlan {
  const { tile, step, wanted, shortest, longest } = RECIPES[variant];
  const side = ceilDiv(m, tile);
  const tiles = (side * (side + 1)) / 2;
  const useful = Math.min(ceilDiv(wanted, tiles), ceilDiv(k, shortest));
  const affordable = Math.max(1, Math.floor(PARTIAL_BYTES / (4 * m * m)));
  const target = Math.min(Math.max(useful, ceilDiv(k, longest)), affordable, MAX_WORKGROUPS_PER_AXIS);
  const slice = ceilDiv(ceilDiv(k, target), step) * step;
  const slices = ceilDiv(k, slice);
  const [across, down] = variant === 'broadcast' ? linearGrid(tiles, 1) : [side, side];
  return { slices, slice, workgroups: [across, down, slices] };
}
