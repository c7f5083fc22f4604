import { CompilationError } from './errors.js';
import { ShaderStage } from './flags.js';
import { guard } from './guard.js';
import type { DeviceLoss } from './loss.js';
import { SHADERS } from './shaders.generated.js';
import { specialise } from './specialise.js';
import { inTexels, texelLayout } from './texels.js';
import type { WgslType } from './wgsl-types.js';

/** The name of a file in shaders/, without its ending. */
export type ShaderName = keyof typeof SHADERS;

export type BindingType = GPUBufferBindingType | 'read-texels' | 'write-texels';

/** All that a compute pipeline depends on. */
export interface PipelineSpec {
  shader: ShaderName;
  constants: Readonly<Record<string, number>>;
  types?: Readonly<Record<string, WgslType>>;
  bindings: readonly BindingType[];
}

export interface Pipeline {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
}

/** Makes each distinct pipeline of a device once. Compilation runs in the background, so callers gather promises. */
export class PipelineCache {
  private readonly pipelines = new Map<string, Promise<Pipeline>>();
  /** Those that are compiled. */
  private readonly ready = new Map<string, Pipeline>();

  constructor(
    private readonly device: GPUDevice,
    private readonly loss: DeviceLoss,
  ) {}

  get size(): number {
    return this.pipelines.size;
  }

  /** @throws CompilationError with the compiler's messages, each with its line of WGSL; DeviceLostError. */
  get(spec: PipelineSpec): Promise<Pipeline> {
    const key = keyOf(spec);
    let pipeline = this.pipelines.get(key);
    if (!pipeline) {
      pipeline = this.create(spec);
      this.pipelines.set(key, pipeline);
      pipeline.then(
        (made) => this.ready.set(key, made),
        // What failed may have failed for want of memory: it is tried again when it is wanted again.
        () => this.pipelines.delete(key),
      );
    }
    return pipeline;
  }

  /** A pipeline that is compiled already, for those who cannot wait. */
  peek(spec: PipelineSpec): Pipeline | undefined {
    return this.ready.get(keyOf(spec));
  }

  private async create({ shader, constants, types, bindings }: PipelineSpec): Promise<Pipeline> {
    const { device, loss } = this;
    const operation = `shaders/${shader}.wgsl`;
    const accesses = bindings.map((type) => (isTexels(type) ? TEXEL_ACCESS[type] : undefined));
    const source = inTexels(shader, SHADERS[shader], accesses);
    const { code, overrides } = specialise(shader, source, constants, types);
    const { value: made } = guard(device, operation, () => {
      const layout = device.createBindGroupLayout({
        label: shader,
        entries: bindings.map((type, binding) => ({
          binding,
          visibility: ShaderStage.COMPUTE,
          ...layoutOf(type),
        })),
      });
      const module = device.createShaderModule({ label: shader, code });
      const whole = device.createPipelineLayout({ label: shader, bindGroupLayouts: [layout] });
      return { layout, module, whole };
    });
    const { layout, module, whole } = made;
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: shader,
        layout: whole,
        compute: { module, entryPoint: 'main', constants: overrides },
      });
      return { pipeline, layout };
    } catch (error) {
      await loss.settled();
      loss.check(operation);
      const { messages } = await module.getCompilationInfo();
      throw new CompilationError(operation, describe(code, messages, error));
    }
  }
}

const TEXEL_ACCESS = { 'read-texels': 'read-only', 'write-texels': 'write-only' } as const;

function isTexels(type: BindingType): type is keyof typeof TEXEL_ACCESS {
  return type in TEXEL_ACCESS;
}

function layoutOf(type: BindingType): Pick<GPUBindGroupLayoutEntry, 'buffer' | 'storageTexture'> {
  return isTexels(type) ? { storageTexture: texelLayout(TEXEL_ACCESS[type]) } : { buffer: { type } };
}

function keyOf({ shader, constants, types, bindings }: PipelineSpec): string {
  return JSON.stringify([shader, sorted(constants), sorted(types ?? {}), bindings]);
}

function sorted<T>(named: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
}

function describe(code: string, messages: readonly GPUCompilationMessage[], error: unknown): string {
  if (messages.length === 0) return error instanceof Error ? error.message : String(error);
  const lines = code.split('\n');
  return messages
    .map(
      (m) =>
        `${m.type} at ${m.lineNum}:${m.linePos}: ${m.message}\n    ${lines[m.lineNum - 1]?.trim() ?? ''}`,
    )
    .join('\n');
}
