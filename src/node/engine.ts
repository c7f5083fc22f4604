import { Engine } from '../engine/engine.js';
import { Gpu } from '../gpu/gpu.js';
import type { JobHooks } from '../style/job.js';
import { DEFAULTS } from '../style/options.js';
import type { VggFilters } from '../vgg/network.js';
import { type Dawn, type DawnOptions, openDawn } from './dawn.js';
import { openFilters } from './filters.js';
import { Tuning } from './tuning.js';

export interface NodeEngineOptions extends DawnOptions {
  /**
   * Whether to choose the kernels' variants by measuring them, once for each adapter and size of picture, and to remember
   * the choice in the cache folder; default: true.
   */
  readonly tuning?: boolean;
}

/** An engine on a device of its own, in Node. */
export class NodeEngine extends Engine {
  /** @internal */
  constructor(
    gpu: Gpu,
    private readonly dawn: Dawn,
    tune?: JobHooks['tune'],
  ) {
    super(gpu, tune);
  }

  /**
   * Puts filters on the GPU as `loadFilters` does, from where they lie on this machine.
   *
   * @param choice 'embedded', 'vgg19', or the path of a file that `openWeights` reads.
   * @param layers that they have to suffice for, in either scheme of names; default: those of the default objective.
   * @throws UserError if there is no such file, or it does not hold what is needed; GpuError
   */
  async openFilters(
    choice = 'embedded',
    layers: readonly string[] = [...DEFAULTS.contentLayers, ...DEFAULTS.styleLayers],
  ): Promise<VggFilters> {
    this.requireReady('Loading filters');
    return openFilters(this.gpu, choice, layers);
  }

  /** Frees all that the engine made, the device too. */
  override dispose(): void {
    super.dispose();
    this.dawn.close();
  }
}

/**
 * Opens WebGPU in this process and makes an engine on a device of its own, with the adapter's own limits.
 *
 * @throws UserError if there is no adapter, or none of the name asked for; GpuError.
 */
export async function openEngine({ tuning = true, ...options }: NodeEngineOptions = {}): Promise<NodeEngine> {
  const dawn = await openDawn(options);
  let gpu: Gpu | undefined;
  try {
    gpu = await Gpu.request(dawn.gpu);
    const known = tuning ? await Tuning.open(gpu) : undefined;
    return new NodeEngine(gpu, dawn, known && ((record, how) => known.tune(record, how)));
  } catch (error) {
    gpu?.dispose();
    dawn.close();
    throw error;
  }
}
