import type { BindingType, ShaderName } from './pipelines.js';
import type { Tensor } from './tensor.js';
import type { WgslType } from './wgsl-types.js';

/** How a dispatch touches a tensor; 'update' reads and writes it. */
export type Access = 'read' | 'write' | 'update' | 'uniform';

/** A tensor as a dispatch binds it. One in texels may be read, or written; its shader is rewritten (see texels.ts). */
export interface Binding {
  tensor: Tensor;
  access: Access;
}

/** Binds a tensor that is only read. */
export const read = (tensor: Tensor): Binding => ({ tensor, access: 'read' });
/** Binds a tensor that is written whole, and not read. */
export const write = (tensor: Tensor): Binding => ({ tensor, access: 'write' });
/** Binds a tensor that is read and written. */
export const update = (tensor: Tensor): Binding => ({ tensor, access: 'update' });
/** Binds a tensor as a uniform buffer. */
export const uniform = (tensor: Tensor): Binding => ({ tensor, access: 'uniform' });

/** One kernel call as it is recorded. */
export interface Dispatch {
  /** The operation, e.g. 'conv2d' or 'conv2d.dInput', for errors, profiles and benches. */
  label: string;
  shader: ShaderName;
  /** Values for the shader's `override` and `const` declarations. */
  constants?: Readonly<Record<string, number>>;
  /** Types for the shader's `alias` declarations. Only a dispatch that sets half types may bind half tensors. */
  types?: Readonly<Record<string, WgslType>>;
  /** In the order of the shader's `@binding` numbers, all in group 0. */
  bindings: readonly Binding[];
  workgroups: readonly [number, number, number];
  /** Floating-point operations, a multiply-add counted as two; direct-convolution count for convolutions. */
  flops?: number;
}

/** Whether a dispatch computes something, or its gradients. */
export type Direction = 'forward' | 'backward';

/** A recorded dispatch with the scope it was recorded in, e.g. 'conv3_1'. */
export interface KernelStep extends Required<Dispatch> {
  scope: string;
  direction: Direction;
}

/** A part of a copy into texels: rows of vec4s in a buffer, which are to be rows of texels. */
export interface Piece {
  /** Bytes from the tensor's beginning to the first row; multiples of 16. */
  offset: number;
  /** Bytes from one row to the next; multiples of 256 where there is more than one. */
  pitch: number;
  columns: number;
  rows: number;
  /** The first row of texels. */
  row: number;
}

/** A recorded copy of the first binding's numbers into the texels of the second, which the device makes without a shader. */
export interface CopyStep extends Omit<KernelStep, 'shader'> {
  shader: 'copyBufferToTexture';
  pieces: readonly Piece[];
}

export type Step = KernelStep | CopyStep;

const BINDING_TYPES: Record<Access, BindingType> = {
  read: 'read-only-storage',
  write: 'storage',
  update: 'storage',
  uniform: 'uniform',
};

const TEXEL_TYPES: Partial<Record<Access, BindingType>> = { read: 'read-texels', write: 'write-texels' };

/** Undefined where a tensor cannot be bound so. */
export function bindingType({ tensor, access }: Binding): BindingType | undefined {
  return (tensor.storage.form === 'texels' ? TEXEL_TYPES : BINDING_TYPES)[access];
}

export function bindingTypes(step: KernelStep): BindingType[] {
  return step.bindings.map((binding) => bindingType(binding)!);
}
