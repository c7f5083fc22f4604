import { CompilationError } from './errors.js';
import { ShaderStage } from './flags.js';
import { guard } from './guard.js';
import type { DeviceLoss } from './loss.js';
import { SHADERS } from './shaders.generated.js';
import { specialise } from './specialise.js';
import { inTexels, type TexelAccess, texelLayout } from './texels.js';
import type { WgslType } from './wgsl-types.js';

/** The name of a file in shaders/, without its ending. */
export type ShaderName = keyof typeof SHADERS;

export type BindingType = 'read-only-storage' | 'storage' | 'uniform' | 'read-texels' | 'write-texels';

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
    const source = inTexels(shader, SHADERS[shader], texelAccesses(bindings));
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

function layoutOf(type: BindingType): Pick<GPUBindGroupLayoutEntry, 'buffer' | 'storageTexture'> {
  const access = texelAccess(type);
  return access
    ? { storageTexture: texelLayout(access) }
    : { buffer: { type: type as GPUBufferBindingType } };
}

function texelAccess(type: BindingType): TexelAccess | undefined {
  if (type === 'read-texels') return 'read-only';
  return type === 'write-texels' ? 'write-only' : undefined;
}

function texelAccesses(types: readonly BindingType[]): Map<number, TexelAccess> {
  const accesses = types.map((type, binding) => [binding, texelAccess(type)] as const);
  return new Map(accesses.filter((entry): entry is [number, TexelAccess] => entry[1] !== undefined));
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
