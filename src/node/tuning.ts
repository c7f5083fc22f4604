import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { Gpu } from '../gpu/gpu.js';
import type { Measured } from '../gpu/tuning/rank.js';
import type { Recording } from '../gpu/tuning/sites.js';
import { rankVariants, type TuneOptions, tuneRecording } from '../gpu/tuning/tune.js';
import { cacheFolder, makeCacheFolder } from './cache-folder.js';
import { assertReplaceable } from './output-files.js';
import { mergeMeasured, TuningCache } from './tuning-cache.js';

/** Where what was measured is kept, and who is told where it cannot be. */
export interface TuningOptions {
  /** Default: in the cache folder. */
  readonly file?: string;
  /** Is given a sentence; without it, the time that this costs is all there is to see of it. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/** What is known of the variants' speed on an adapter: from earlier processes, and what this one measures. */
export class Tuning {
  private constructor(
    private readonly gpu: Gpu,
    private readonly cache: TuningCache,
    private known: readonly Measured[],
    private readonly onNotice: TuningOptions['onNotice'],
  ) {}

  /** Reads the cache file and ranks `gpu`'s variants by it. Measures nothing. */
  static async open(gpu: Gpu, { file, onNotice }: TuningOptions = {}): Promise<Tuning> {
    const cache = new TuningCache(file ?? usualFile(), gpu.facts);
    const known = await cache.read();
    rankVariants(gpu.variants, known);
    return new Tuning(gpu, cache, known, onNotice);
  }

  /** All that is known, in the order in which it was learned. */
  get measured(): readonly Measured[] {
    return this.known;
  }

  /**
   * Measures what is not known yet of what `record` records (see tuneRecording), and remembers it.
   *
   * @returns what was measured now.
   */
  async tune(record: Recording, options?: TuneOptions): Promise<readonly Measured[]> {
    const fresh = await tuneRecording(this.gpu, record, { processorTime, ...options });
    if (fresh.length > 0) {
      this.known = mergeMeasured(this.known, fresh);
      await this.keep(fresh);
    }
    return fresh;
  }

  /** That it cannot be kept costs time, never the job. */
  private async keep(fresh: readonly Measured[]): Promise<void> {
    try {
      await this.cache.add(fresh);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.onNotice?.(error.message);
    }
  }
}

function usualFile(): string {
  return join(cacheFolder(), 'variants.json');
}

/** @throws UserError where what is measured cannot be kept in the cache folder, which is made if it is not there. */
export async function assertTuningKept(): Promise<void> {
  await makeCacheFolder();
  await assertReplaceable(usualFile());
}

/** Of all threads, and so of a software adapter's too. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}
