import {
  cacheStore,
  createEngine,
  type Engine,
  fetchVgg19,
  findLayer,
  forgivingStore,
  layersUpTo,
  UserError,
  type VggFilters,
  type WeightSource,
} from 'scumble';
import embedded from '../../../weights/embedded.safetensors?url';
import type { Settings } from '../settings.js';
import { keepMeasured, recallMeasured } from './measured.js';

/** The deepest convolution of the embedded network. */
const EMBEDDED_DEPTH = 'conv3_1';

/** Which filters a run wants. */
export interface FilterChoice {
  network: Settings['network'];
  layers: readonly string[];
  /** Where the network is 'file'. */
  file: File | undefined;
}

export interface LoadHooks {
  signal: AbortSignal;
  /** While VGG-19 is fetched: bytes. */
  onFetch: (done: number, total: number) => void;
}

/** The engine and the filters on it, kept from run to run, and made anew after the GPU was lost. */
export class Session {
  private engine: Engine | undefined;
  private filters: { key: string; file: File | undefined; made: VggFilters } | undefined;

  /** @param onLost is told when the GPU is gone, whether or not something runs. */
  constructor(private readonly onLost: () => void) {}

  async open(): Promise<Engine> {
    if (this.engine?.state === 'ready') return this.engine;
    this.close();
    const info = (await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }))?.info;
    const engine = await createEngine({
      tuning: { known: recallMeasured(info), onMeasured: (all) => keepMeasured(info, all) },
    });
    this.engine = engine;
    void engine.lost.then(() => {
      // What runs on it is told by the library; the engine is freed when the next one is asked for.
      if (this.engine === engine) this.onLost();
    });
    return engine;
  }

  /** The filters asked for; those of the run before, if they serve. */
  async load(engine: Engine, choice: FilterChoice, hooks: LoadHooks): Promise<VggFilters> {
    const { network, layers, file } = choice;
    const key = JSON.stringify([network, [...layers].sort()]);
    if (this.filters?.key === key && this.filters.file === file) return this.filters.made;
    this.filters?.made.dispose();
    this.filters = undefined;
    const made = await engine.loadFilters(await source(choice, hooks), {
      layers,
      ...(network === 'vgg19' ? {} : { name: file ? file.name : 'The embedded network' }),
    });
    this.filters = { key, file, made };
    return made;
  }

  private close(): void {
    const { engine } = this;
    this.engine = undefined;
    this.filters = undefined;
    engine?.dispose();
  }
}

async function source(
  { network, layers, file }: FilterChoice,
  { signal, onFetch }: LoadHooks,
): Promise<Blob | ArrayBuffer | WeightSource> {
  if (network === 'vgg19') {
    const fetched = await fetchVgg19({
      layers,
      fetch: (url, init) => fetch(url, init),
      // Where nothing can be kept, as in a private window, it is fetched again the next time.
      store: forgivingStore(cacheStore(caches), () => {}),
      signal,
      onProgress: ({ done, total }) => onFetch(done, total),
    });
    return fetched.source;
  }
  if (network === 'file') {
    if (!file) throw new UserError('Choose a file of VGG-19’s weights first, or Scumble’s own network.');
    return file;
  }
  const deep = layers.find((name) => deepestConvolution(name) > findLayer(EMBEDDED_DEPTH).index);
  if (deep !== undefined) {
    throw new UserError(
      `Scumble’s own network ends at ${EMBEDDED_DEPTH} and has no ${deep}; choose shallower layers, or VGG-19.`,
    );
  }
  const response = await fetch(embedded);
  if (!response.ok) throw new UserError('The embedded network could not be loaded; reload the page.');
  return response.arrayBuffer();
}

/** The place in VGG-19 of the last convolution that a layer needs. */
function deepestConvolution(name: string): number {
  return layersUpTo([name]).findLast(({ kind }) => kind === 'conv')?.index ?? 0;
}
