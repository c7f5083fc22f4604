import type { TestContext } from 'vitest';
import type { Gpu } from '../../src/gpu/gpu.js';
import type { Recorder } from '../../src/gpu/recorder.js';
import type { Tensor } from '../../src/gpu/tensor.js';
import { converted } from '../../src/kernels/copy.js';
import { floatToHalf, halfToFloat } from '../../src/vgg/half.js';

/** Each number as the nearest float16, so that storing it as one changes nothing. */
export function roundedToHalves(numbers: Float32Array): Float32Array {
  return numbers.map((value) => halfToFloat(floatToHalf(value)));
}

/**
 * How far storing a number as float16 may take it: half a unit in the last place of eleven bits, below the normal range
 * half of 2⁻²⁴. WGSL leaves open to which neighbour is rounded, hence twice that.
 */
export const STORED = { relative: 2 ** -10, absolute: 2 ** -24 };

/** Records with tensors stored as float16, and converts what comes out for `evaluate` to read. */
export function inHalves(
  record: (recorder: Recorder, ...tensors: Tensor[]) => readonly Tensor[] | Tensor,
): (recorder: Recorder, ...tensors: Tensor[]) => Tensor[] {
  return (recorder, ...tensors) => {
    const recorded = record(recorder, ...tensors.map((tensor) => converted(recorder, tensor, 'f16')));
    return [recorded].flat().map((output) => converted(recorder, output, 'f32'));
  };
}

export function skipWithoutHalves(context: TestContext, gpu: Gpu): void {
  context.skip(!gpu.device.features.has('shader-f16'), 'no float16 on this device');
}
