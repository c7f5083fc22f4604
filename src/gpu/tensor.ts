import { type GpuError, requireShape, ShapeError } from './errors.js';
import type { DType } from './wgsl-types.js';

/** Sizes from the outermost dimension in, e.g. [N, C, H, W]; [] is a scalar. */
export type Shape = readonly number[];

/** Bytes of one float32. */
export const F32_BYTES = 4;

/** Bytes of one float16. */
const F16_BYTES = 2;

/** What so many numbers take: a multiple of four, as WebGPU wants bindings and copies to be. */
export function bytesOf(shape: Shape, dtype: DType): number {
  return dtype === 'f32' ? elements(shape) * F32_BYTES : Math.ceil((elements(shape) * F16_BYTES) / 4) * 4;
}

/** Bytes of a vec4f. */
export const VECTOR_BYTES = 16;

/**
 * As many bytes as whole vectors take that hold these. Buffers are made so long, and bindings reach to the end of their
 * last vector, so that kernels may take any tensor by fours.
 */
export function wholeVectors(bytes: number): number {
  return Math.ceil(bytes / VECTOR_BYTES) * VECTOR_BYTES;
}

/** How many elements a shape holds; 1 for a scalar. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** @throws ShapeError naming `label` for what is no shape: sizes are whole numbers from 1. */
export function requireSizes(label: string, shape: Shape): void {
  requireShape(
    shape.every((size) => Number.isInteger(size) && size >= 1),
    () => `${label}: a tensor's sizes must be whole numbers ≥ 1, not [${shape.join(', ')}].`,
  );
}

/** Where a tensor's bytes lie: in a buffer, or in the texels of a texture (see texels.ts). */
export const FORMS = ['buffer', 'texels'] as const;
export type Form = (typeof FORMS)[number];

/** A texture that numbers lie in, and the one view on it that all bindings share. */
export interface Texels {
  readonly texture: GPUTexture;
  readonly view: GPUTextureView;
}

/**
 * The bytes behind one or more tensors. A resident storage has its buffer from the start. A planned one
 * belongs to a recording and gets its buffer (shared with others whose lifetimes do not meet) when the
 * recording is frozen into a program. One in texels has a texture in place of a buffer.
 */
export class Storage {
  private static made = 0;

  /** Tells storages apart where an object cannot be the key. */
  readonly id = Storage.made++;

  /** True when the contents never change once written: work that depends on nothing else is done only once. */
  frozen = false;
  /** What the device refused of making or filling the buffer; absent once it is known that it refused nothing. */
  refused?: Promise<GpuError | undefined>;
  buffer?: GPUBuffer;
  texels?: Texels;

  constructor(
    readonly label: string,
    readonly bytes: number,
    readonly form: Form = 'buffer',
  ) {}

  /** Whether it has memory. */
  get made(): boolean {
    return (this.buffer ?? this.texels) !== undefined;
  }

  /** Lies in another's memory. */
  share({ buffer, texels, refused }: Storage): void {
    if (buffer) this.buffer = buffer;
    if (texels) this.texels = texels;
    if (refused) this.refused = refused;
  }

  /** Lets go of its memory, which others may have. */
  forget(): void {
    delete this.buffer;
    delete this.texels;
  }

  /** Frees its memory. */
  destroy(): void {
    this.buffer?.destroy();
    this.texels?.texture.destroy();
    this.forget();
  }
}

/**
 * A view on GPU memory: numbers in row-major order, four-dimensional ones logically NCHW, stored as float32 or, where
 * a program's temporaries are said to be, as float16. Views share their storage; nothing is copied.
 */
export class Tensor {
  constructor(
    readonly storage: Storage,
    readonly shape: Shape,
    /** Where the view begins, in bytes; a multiple of the device's storage offset alignment. */
    readonly offset = 0,
    readonly dtype: DType = 'f32',
  ) {
    requireSizes(storage.label, shape);
    if (offset + this.bytes > storage.bytes) {
      throw new ShapeError(
        `${storage.label}: a view of ${this.bytes} bytes at ${offset} does not fit ${storage.bytes}.`,
      );
    }
  }

  get label(): string {
    return this.storage.label;
  }

  /** Number of elements. */
  get size(): number {
    return elements(this.shape);
  }

  get bytes(): number {
    return bytesOf(this.shape, this.dtype);
  }

  /** The same elements under another shape of equal size, as PyTorch's `view`. */
  view(shape: Shape): Tensor {
    if (elements(shape) !== this.size) {
      throw new ShapeError(
        `${this.label}: [${this.shape.join(', ')}] cannot be viewed as [${shape.join(', ')}].`,
      );
    }
    return new Tensor(this.storage, shape, this.offset, this.dtype);
  }

  /** Label and shape, for errors. */
  toString(): string {
    return `${this.label}[${this.shape.join(', ')}]`;
  }
}
