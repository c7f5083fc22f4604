import type { CopyStep, Step } from './dispatch.js';

/** What a replay needs of a kernel call. */
export interface CompiledKernel {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
}

/** What a replay needs of a copy into a texture: pieces of a buffer, each with where its rectangle of texels goes. */
export interface CompiledCopy {
  pieces: readonly {
    from: GPUTexelCopyBufferInfo;
    to: GPUTexelCopyTextureInfo;
    size: [columns: number, rows: number];
  }[];
}

/** A step with everything made that a replay needs. */
export type CompiledStep = Step & { compiled: CompiledKernel | CompiledCopy };

/** What a copy between tensors that have their memory needs. */
export function compileCopy({ bindings, pieces }: Pick<CopyStep, 'bindings' | 'pieces'>): CompiledCopy {
  const [from, to] = bindings.map(({ tensor }) => tensor);
  const buffer = from!.storage.buffer!;
  const { texture } = to!.storage.texels!;
  return {
    pieces: pieces.map(({ offset, pitch, columns, rows, row }) => ({
      from: { buffer, offset: from!.offset + offset, ...(rows > 1 && { bytesPerRow: pitch }) },
      to: { texture, origin: [0, row] },
      size: [columns, rows],
    })),
  };
}

/**
 * Writes the steps of programs into a command buffer. Kernel calls that follow one another share a compute pass; copies
 * stand between passes.
 *
 *     const encoding = new Encoding(encoder);
 *     program.encode(encoding);
 *     encoding.end();
 */
export class Encoding {
  private pass: GPUComputePassEncoder | undefined;
  private pipeline: GPUComputePipeline | undefined;
  private passes = 0;

  /** @param describe each of its passes, by its number. */
  constructor(
    private readonly encoder: GPUCommandEncoder,
    private readonly describe: (pass: number) => GPUComputePassDescriptor = () => ({}),
  ) {}

  /** Appends a step. */
  add({ compiled, workgroups }: CompiledStep): void {
    if ('pieces' in compiled) {
      this.end();
      for (const { from, to, size } of compiled.pieces) this.encoder.copyBufferToTexture(from, to, size);
      return;
    }
    const { pipeline, bindGroup } = compiled;
    this.pass ??= this.encoder.beginComputePass(this.describe(this.passes++));
    if (pipeline !== this.pipeline) this.pass.setPipeline((this.pipeline = pipeline));
    this.pass.setBindGroup(0, bindGroup);
    this.pass.dispatchWorkgroups(...workgroups);
  }

  /** Ends the pass, so that something else can be written, or the command buffer finished. */
  end(): void {
    this.pass?.end();
    this.pass = undefined;
    this.pipeline = undefined;
  }
}
