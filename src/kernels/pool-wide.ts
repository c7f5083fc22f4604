import type { Recorder } from '../gpu/recorder.js';
import { type DType, wgslType } from '../gpu/wgsl-types.js';
import { linearGrid } from '../gpu/workgroups.js';
import type { PoolGeometry } from './pool-geometry.js';
import { mapsShape } from './shapes.js';

// What all shaders with parts/pool_fours.wgsl share: pools that take four windows at a time, by whole vectors.

/** Invocations of a workgroup. */
const WORKGROUP = 64;

/** VGG's pooling: 2 × 2, stride 2, no padding, whole or cut off at the edges. */
export function isSideBySide({ window, stride, padding }: PoolGeometry): boolean {
  return [...window, ...stride].every((size) => size === 2) && padding.every((size) => size === 0);
}

/** Whole windows side by side, in rows that make whole vectors of four outputs. */
export function isWide(geometry: PoolGeometry): boolean {
  const [height, width] = geometry.input;
  return isSideBySide(geometry) && width % 8 === 0 && height % 2 === 0;
}

/** Whether to take them so, where there is but 'gather' beside it, one number at a time. */
export function chooseWide(
  recorder: Recorder,
  operation: string,
  geometry: PoolGeometry,
  dtype: DType,
): boolean {
  const shape = mapsShape([...geometry.planes, ...geometry.input], dtype);
  const eligible = isWide(geometry) ? ['wide', 'gather'] : ['gather'];
  return recorder.choose(operation, shape, eligible) === 'wide';
}

/**
 * What a dispatch of such a shader is made of.
 *
 * @param dtype how the pixels that it reads are stored.
 * @param uses its constants beside those of the windows.
 */
export function wideCall(
  { planes: [n, c], output: [height, width] }: PoolGeometry,
  dtype: DType,
  uses: Readonly<Record<string, number>>,
) {
  const fours = (n * c * height * width) / 4;
  return {
    constants: { COUNT: fours, OW4: width / 4, ...uses },
    types: { Four: wgslType(dtype, 4) },
    workgroups: linearGrid(fours, WORKGROUP),
  };
}
