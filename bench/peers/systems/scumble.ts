/** @file Scumble as a system: what `scumble stylize` does, on the pictures and weights of the comparison. */
import { readFileSync } from 'node:fs';
import { Gpu } from '../../../src/gpu/gpu.js';
import { Recorder } from '../../../src/gpu/recorder.js';
import { openDawn } from '../../../src/node/dawn.js';
import { StyleJob } from '../../../src/style/job.js';
import { computeTargets, freeTargets, recordObjective } from '../../../src/style/objective.js';
import { resolveStyleOptions, type StyleOptions } from '../../../src/style/options.js';
import { layersUpTo } from '../../../src/vgg/layers.js';
import { VggFilters } from '../../../src/vgg/network.js';
import { readInputs, type Inputs } from '../inputs.js';
import type { Check, Evaluated, Hello, LbfgsTimes, Memory, Peer, Protocol, Time } from '../protocol.js';
import { LayerPrograms } from './scumble-layers.js';
import { FullHistory } from './scumble-lbfgs.js';
import { openTuning, type Tune } from './scumble-tuning.js';
import { residentBytes, serve, summarise, timed } from './serve.js';

/** The comparison's mathematics: PyTorch's optimiser as it is, that nobody clamps the image of. */
const OPTIONS = resolveStyleOptions({ clamp: 'none', evaluations: 1_000_000 });

class Scumble implements Peer {
  private gpu!: Gpu;
  private tune!: Tune;
  private folder!: string;
  private inputs!: Inputs;
  private size = 0;
  private job: StyleJob | undefined;
  private readonly layers = new LayerPrograms();
  private history: FullHistory | undefined;

  async hello({ folder }: { folder: string }): Promise<Hello> {
    this.folder = folder;
    const dawn = await openDawn({ adapter: process.env['PEERS_ADAPTER'] });
    this.gpu = await Gpu.request(dawn.gpu);
    this.tune = await openTuning(this.gpu);
    const manifest: unknown = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    );
    const { version } = manifest as { version: string };
    const { device, description, software } = this.gpu.facts;
    return {
      version,
      device: `${device}, ${description}`,
      software,
      can: ['evaluate', 'layer', 'lbfgs', 'memory'],
      idleBytes: residentBytes().now,
    };
  }

  async setup({ size }: { size: number }): Promise<Evaluated> {
    this.size = size;
    this.inputs = await readInputs(this.folder, size);
    this.job = await this.createJob(this.gpu, OPTIONS, this.tune);
    return this.evaluate({ count: 1 });
  }

  async check(): Promise<Check> {
    const { gpu } = this;
    const { images, filters, free } = this.upload(gpu);
    const targets = await computeTargets(gpu, filters, images, OPTIONS);
    const recorder = new Recorder(gpu, 'check');
    const { style, content, total, gradient } = recordObjective(
      recorder,
      images.start,
      filters,
      targets,
      OPTIONS,
    );
    const outputs = [style, content, total, gradient];
    const program = await recorder.freeze(outputs);
    program.run();
    const [[styleLoss], [contentLoss], , dx] = await Promise.all(outputs.map((output) => gpu.read(output)));
    program.dispose();
    freeTargets(gpu, targets);
    free();
    return summarise(styleLoss!, contentLoss!, dx!);
  }

  async evaluate({ count }: { count: number }): Promise<Evaluated> {
    const job = this.job!;
    const time = await timed(count, async () => {
      job.submit(count);
      await this.gpu.device.queue.onSubmittedWorkDone();
    });
    const scores = await job.scores();
    return { ...time, loss: scores.at(-1)!.total, update: true };
  }

  layer(request: Protocol['layer'][0]): Promise<Time> {
    return this.layers.time(this.gpu, this.tune, request);
  }

  async lbfgs({ size, history, count }: Protocol['lbfgs'][0]): Promise<LbfgsTimes> {
    if (this.size !== size) await this.setup({ size });
    const { gpu } = this;
    const evaluation = await timed(count, async () => {
      for (let i = 0; i < count; i++) this.job!.evaluation.run();
      await gpu.device.queue.onSubmittedWorkDone();
    });
    this.history ??= await FullHistory.create(gpu, size, history);
    const update = await this.history.time(count);
    return { update, evaluation, pairs: await this.history.pairs() };
  }

  /** The product's own defaults, with a ledger that begins at 0. */
  async memory({ size, history }: Protocol['memory'][0]): Promise<Memory> {
    const gpu = Gpu.adopt(this.gpu.device);
    const idleBytes = residentBytes().now;
    this.inputs = await readInputs(this.folder, size);
    this.size = size;
    const job = await this.createJob(gpu, resolveStyleOptions({ history }), await openTuning(gpu));
    job.submit(3);
    await job.scores();
    // The history is allocated whole at the beginning; a kinder account would not be of a full one.
    const held = gpu.memory.bytes / (24 * size * size);
    if (held < history) throw new Error(`its buffers cannot hold ${history} pairs`);
    return {
      idleBytes,
      peakBytes: residentBytes().peak,
      deviceBytes: gpu.memory.peakBytes,
      pairs: history,
    };
  }

  private createJob(gpu: Gpu, options: StyleOptions, tune: Tune): Promise<StyleJob> {
    const { images, filters } = this.upload(gpu);
    return StyleJob.create(gpu, images, filters, options, { tune });
  }

  private upload(gpu: Gpu) {
    const { inputs, size } = this;
    const put = (name: 'content' | 'style' | 'start') => gpu.tensor(name, [1, 3, size, size], inputs[name]);
    const images = { content: put('content'), style: put('style'), start: put('start') };
    const convolutions = layersUpTo(OPTIONS.styleLayers).filter(({ kind }) => kind === 'conv');
    const weights = convolutions.map(({ name, inChannels, outChannels }, i) => {
      const shape = [outChannels, inChannels, 3, 3] as const;
      return [name, { weight: inputs.weights[i]!, bias: inputs.biases[i]!, shape }] as const;
    });
    const filters = VggFilters.upload(gpu, new Map(weights));
    const free = () => {
      filters.dispose();
      Object.values(images).forEach((image) => gpu.free(image));
    };
    return { images, filters, free };
  }
}

await serve(new Scumble());
