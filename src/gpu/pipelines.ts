import { GpuError } from './errors.js';
import { ShaderStage } from './flags.js';
import { SHADERS } from './shaders.generated.js';
import { specialise } from './specialise.js';
import type { WgslType } from './wgsl-types.js';

/** The name of a file in shaders/, without its ending. */
export type ShaderName = keyof typeof SHADERS;

export type BindingType = 'read-only-storage' | 'storage' | 'uniform';

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

  constructor(private readonly device: GPUDevice) {}

  get size(): number {
    return this.pipelines.size;
  }

  /** @throws GpuError ('compilation') with the compiler's messages, each with its line of WGSL. */
  get(spec: PipelineSpec): Promise<Pipeline> {
    const key = JSON.stringify([
      spec.shader,
      sorted(spec.constants),
      sorted(spec.types ?? {}),
      spec.bindings,
    ]);
    let pipeline = this.pipelines.get(key);
    if (!pipeline) {
      pipeline = this.create(spec);
      this.pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  private async create({ shader, constants, types, bindings }: PipelineSpec): Promise<Pipeline> {
    const { device } = this;
    const { code, overrides } = specialise(shader, SHADERS[shader], constants, types);
    const layout = device.createBindGroupLayout({
      label: shader,
      entries: bindings.map((type, binding) => ({
        binding,
        visibility: ShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    const module = device.createShaderModule({ label: shader, code });
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: shader,
        layout: device.createPipelineLayout({ label: shader, bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main', constants: overrides },
      });
      return { pipeline, layout };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      throw new GpuError(`shaders/${shader}.wgsl`, 'compilation', describe(code, messages, error));
    }
  }
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
