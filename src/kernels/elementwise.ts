import { type Binding, read, update, write } from '../gpu/dispatch.js';
import { requireShape } from '../gpu/errors.js';
import type { ShaderName } from '../gpu/pipelines.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { type DType, type WgslType, wgslType } from '../gpu/wgsl-types.js';
import { linearGrid } from '../gpu/workgroups.js';

/** One call of a kernel that makes or changes each element by itself. */
export interface ElementwiseCall {
  label: string;
  shader: ShaderName;
  constants?: Readonly<Record<string, number>>;
  bindings: readonly Binding[];
  /** How numbers are stored, by the shader's aliases, in those shaders that tell that from `Element`. */
  stored?: Readonly<Record<string, DType>>;
  /** How many elements. */
  count: number;
  /** Elements of a channel, where channels differ: the shader's PLANE, which no vector straddles. */
  plane?: number;
  /** Operations for each element. */
  flops?: number;
}

export function elementwise(recorder: Recorder, call: ElementwiseCall): void {
  const { label, shader, bindings, count, plane, flops = 1 } = call;
  for (const [name, value] of Object.entries(call.constants ?? {})) {
    requireShape(Number.isFinite(value), () => `${label}: ${name} must be a finite number, not ${value}.`);
  }
  // Four at a time where they come out even: fewer and wider loads are faster everywhere.
  const width = (plane ?? count) % 4 === 0 ? 4 : 1;
  const types: Record<string, WgslType> = { Element: wgslType('f32', width) };
  for (const [name, dtype] of Object.entries(call.stored ?? {})) types[name] = wgslType(dtype, width);
  recorder.dispatch({
    label,
    shader,
    constants: {
      COUNT: count / width,
      ...(plane === undefined ? {} : { PLANE: plane / width }),
      ...call.constants,
    },
    types,
    bindings,
    workgroups: linearGrid(count / width),
    flops: flops * count,
  });
}

/**
 * A call whose result is a gradient: new memory of `like`'s shape, or added to `into`.
 *
 * @returns the tensor that will hold it.
 */
export function elementwiseGradient(
  recorder: Recorder,
  { bindings = [], ...call }: Omit<ElementwiseCall, 'bindings' | 'count'> & { bindings?: readonly Tensor[] },
  like: Tensor,
  into: Tensor | undefined,
): Tensor {
  requireEqualSizes(call.label, like, into ?? like);
  const output = into ?? recorder.temporary(call.label, like.shape);
  elementwise(recorder, {
    ...call,
    constants: { ...call.constants, ACCUMULATE: into ? 1 : 0 },
    bindings: [...bindings.map(read), into ? update(output) : write(output)],
    count: like.size,
  });
  return output;
}

export function requireEqualSizes(label: string, a: Tensor, b: Tensor): void {
  requireShape(a.size === b.size, () => `${label}: ${a} and ${b} differ in size.`);
}
