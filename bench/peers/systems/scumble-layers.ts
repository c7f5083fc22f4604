import type { Gpu } from '../../../src/gpu/gpu.js';
import type { Program } from '../../../src/gpu/program.js';
import { Recorder } from '../../../src/gpu/recorder.js';
import { conv2d, conv2dBackwardInput } from '../../../src/kernels/index.js';
import { between } from '../inputs.js';
import { LAYERS } from '../layers.js';
import type { Protocol, Time } from '../protocol.js';
import type { Tune } from './scumble-tuning.js';
import { timed } from './serve.js';

/** Single convolutions of VGG-19, each recorded when it is first asked for. */
export class LayerPrograms {
  private readonly programs = new Map<string, Program>();

  async time(gpu: Gpu, tune: Tune, { count, ...layer }: Protocol['layer'][0]): Promise<Time> {
    const key = JSON.stringify(layer);
    let program = this.programs.get(key);
    if (!program) this.programs.set(key, (program = await freeze(gpu, tune, layer)));
    return timed(count, async () => {
      for (let i = 0; i < count; i++) program.run();
      await gpu.device.queue.onSubmittedWorkDone();
    });
  }
}

async function freeze(
  gpu: Gpu,
  tune: Tune,
  { size, index, direction }: Omit<Protocol['layer'][0], 'count'>,
): Promise<Program> {
  const { from, to, halvings } = LAYERS[index]!;
  const side = size >> halvings;
  const weights = gpu.constant('weights', [to, from, 3, 3], between(1, to * from * 9, -0.1, 0.1));
  const bias = gpu.constant('bias', [to], between(2, to, -0.1, 0.1));
  const channels = direction === 'forward' ? from : to;
  const x = gpu.tensor('x', [1, channels, side, side], between(3, channels * side * side, -1, 1));
  const record = (recorder: Recorder) =>
    direction === 'forward'
      ? conv2d(recorder, x, weights, bias, { padding: 1 })
      : conv2dBackwardInput(recorder, x, weights, [1, from, side, side], { padding: 1 });
  await tune(record);
  const recorder = new Recorder(gpu, 'layer');
  return recorder.freeze([record(recorder)]);
}
