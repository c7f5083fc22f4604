import type { AdapterFacts } from '../gpu/facts.js';
import type { Tensor } from '../gpu/tensor.js';
import { ceilDiv, linearGrid, MAX_WORKGROUPS_PER_AXIS } from '../gpu/workgroups.js';
import { TEXEL_COLUMNS } from '../gpu/texels.js';
import { fitsStrips } from './texel-strips.js';

/**
 * 'broadcast': what a subgroup loads is handed round in it, so that little is loaded (processors with subgroups).
 * 'texels': the same, from texels that the device fills (processors that load them faster).
 * 'lanes': every invocation multiplies its own columns, no workgroup memory in the inner loop (processors).
 * 'tiled': blocks staged in workgroup memory (GPUs).
 */
export type GramVariant = 'texels' | 'broadcast' | 'lanes' | 'tiled';

/** Invocations of a subgroup that the shaders of 'broadcast' are made for. */
export const BROADCAST_LANES = 8;

type Facts = Pick<AdapterFacts, 'software' | 'subgroupSize'>;
type Matrix = Pick<Tensor, 'shape' | 'dtype'>;

/** The variants of `gram` that an adapter can run on f, m × k: those to prefer while nothing has been measured first. */
export function gramVariants(facts: Facts, f: Matrix): GramVariant[] {
  const [m, k] = f.shape as [number, number];
  const variants = gramBackwardVariants(facts, f);
  const affordable = 4 * m * m * planGram('texels', m, k).slices <= PARTIAL_BYTES;
  return affordable ? variants : variants.filter((variant) => variant !== 'texels');
}

/** Likewise of its gradient. */
export function gramBackwardVariants({ software, subgroupSize }: Facts, f: Matrix): GramVariant[] {
  const shared = subgroupSize === BROADCAST_LANES;
  const broadcast = shared ? (['broadcast'] as const) : [];
  if (!software) return ['tiled', 'lanes', ...broadcast];
  const inTexels = shared && f.dtype === 'f32' && fitsStrips(ceilDiv(f.shape[1]!, 4));
  return [...(inTexels ? (['texels'] as const) : []), ...broadcast, 'lanes', 'tiled'];
}

/** Rows and columns of a tile of 'texels' on the diagonal. */
const TEXEL_TILE = 8 * BROADCAST_LANES;

/** How a Gram matrix is cut into workgroups: tiles of the result, and slices of the columns summed over. */
export interface GramPlan {
  /** Slices of the columns. With more than one, each writes a matrix of its own and a second pass adds them up. */
  slices: number;
  /** Columns in a slice (fewer in the last), a multiple of what the shader takes at a time. */
  slice: number;
  /** Of 'broadcast' and 'texels' there is one for each tile on and above the diagonal; of the others one for each tile. */
  workgroups: readonly [number, number, number];
  /** Invocations that add up the slices of an entry: see gram_reduce.wgsl. */
  shares: number;
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
  /** Invocations among which many slices are shared; on a processor they would wait for barriers instead of for memory. */
  shares: number;
  /** A sum runs over no more columns than this in one piece, which bounds the growth of rounding errors. */
  longest: number;
}

const RECIPES: Record<GramVariant, Recipe> = {
  broadcast: { tile: 4 * BROADCAST_LANES, step: 4, wanted: 16, shortest: 512, longest: 2048, shares: 1 },
  texels: { tile: TEXEL_TILE, step: 4, wanted: 8, shortest: 512, longest: 2048, shares: 1 },
  lanes: { tile: 8, step: 32, wanted: 16, shortest: 1024, longest: 8192, shares: 1 },
  tiled: { tile: 64, step: 16, wanted: 1024, shortest: 128, longest: 2048, shares: 16 },
};

/** Columns that a row of texels holds. */
const ROW_COLUMNS = 4 * TEXEL_COLUMNS;

/** Partial matrices may take no more than this, whatever the parallelism they would bring. */
const PARTIAL_BYTES = 2 ** 25;

/** Cuts an m × k times k × m product. Depends on nothing but its arguments, so that results can be repeated. */
export function planGram(variant: GramVariant, m: number, k: number): GramPlan {
  const { tile, step, wanted, shortest, longest, shares } = RECIPES[variant];
  const side = ceilDiv(m, tile);
  // Of 'texels', whole ones on the diagonal and halves beside it.
  const tiles = variant === 'texels' ? side * side : (side * (side + 1)) / 2;
  const useful = Math.min(ceilDiv(wanted, tiles), ceilDiv(k, shortest));
  const affordable = Math.max(1, Math.floor(PARTIAL_BYTES / (4 * m * m)));
  const target = Math.min(Math.max(useful, ceilDiv(k, longest)), affordable, MAX_WORKGROUPS_PER_AXIS);
  // Of 'texels', a slice lies within a row of texels.
  const whole = variant === 'texels' && k > ROW_COLUMNS;
  const slice = whole ? longest : ceilDiv(ceilDiv(k, target), step) * step;
  const slices = ceilDiv(k, slice);
  const oneByOne = variant === 'broadcast' || variant === 'texels';
  const [across, down] = oneByOne ? linearGrid(tiles, 1) : [side, side];
  return { slices, slice, workgroups: [across, down, slices], shares: slices > shares ? shares : 1 };
}
