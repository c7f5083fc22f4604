/** @file TensorFlow.js on WebGPU. It has no L-BFGS, so an evaluation is forward and backward alone. */
import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { between, type Inputs, readInputs } from '../inputs.js';
import { CONTENT_LAYER, LAYERS, POOL_AFTER, STYLE_WEIGHT } from '../layers.js';
import type { Check, Evaluated, Hello, Peer, Protocol, Time } from '../protocol.js';
import { provideNavigator } from './navigator.js';
import { residentBytes, serve, summarise, timed } from './serve.js';

const adapter = await provideNavigator(process.env['PEERS_ADAPTER']);
Object.assign(globalThis, { self: globalThis });
const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs') as typeof TensorFlow;
require('@tensorflow/tfjs-backend-webgpu');

interface Losses {
  style: Tensor;
  content: Tensor;
}

class Tfjs implements Peer {
  private folder!: string;
  private filters: Tensor4D[] = [];
  private biases: Tensor[] = [];
  private start!: Tensor4D;
  private contentTarget!: Tensor;
  private styleTargets!: Tensor[];
  private readonly layers = new Map<string, () => Tensor4D>();

  async hello({ folder }: { folder: string }): Promise<Hello> {
    this.folder = folder;
    if (!(await tf.setBackend('webgpu'))) throw new Error('its WebGPU backend does not start');
    await tf.ready();
    const { device, software } = adapter;
    const version = tf.version['tfjs-core'];
    return { version, device, software, can: ['evaluate', 'layer'], idleBytes: residentBytes().now };
  }

  async setup({ size }: { size: number }): Promise<Evaluated> {
    const inputs = await readInputs(this.folder, size);
    this.loadFilters(inputs);
    const picture = (planes: Float32Array) => tf.tensor4d(channelsLast(planes, size), [1, size, size, 3]);
    this.start = picture(inputs.start);
    this.contentTarget = tf.tidy(() => this.features(picture(inputs.content))[CONTENT_LAYER]!);
    this.styleTargets = tf.tidy(() => this.features(picture(inputs.style)).map(weighedGram));
    return this.evaluate({ count: 1 });
  }

  async check(): Promise<Check> {
    const { style, content } = this.losses(this.start);
    const [[styleLoss], [contentLoss]] = await Promise.all([style.data(), content.data()]);
    const { value, grad } = this.valueAndGradient();
    const gradient = channelsFirst(new Float32Array(await grad.data()));
    tf.dispose([style, content, value, grad]);
    return summarise(styleLoss!, contentLoss!, gradient);
  }

  async evaluate({ count }: { count: number }): Promise<Evaluated> {
    let loss = NaN;
    const time = await timed(count, async () => {
      for (let i = 0; i < count; i++) {
        const { value, grad } = this.valueAndGradient();
        // Either one waits for all; an optimiser would need both.
        [loss = NaN] = await value.data();
        await grad.data();
        tf.dispose([value, grad]);
      }
    });
    return { ...time, loss, update: false };
  }

  async layer({ size, index, direction, count }: Protocol['layer'][0]): Promise<Time> {
    const key = JSON.stringify([size, index, direction]);
    let run = this.layers.get(key);
    if (!run) this.layers.set(key, (run = await this.recordLayer(size, index, direction)));
    return timed(count, async () => {
      for (let i = 1; i < count; i++) run().dispose();
      const last = run();
      // Reading one number waits for the queue without moving the whole.
      const one = tf.slice(last, [0, 0, 0, 0], [1, 1, 1, 1]);
      await one.data();
      tf.dispose([last, one]);
    });
  }

  private async recordLayer(
    size: number,
    index: number,
    direction: Protocol['layer'][0]['direction'],
  ): Promise<() => Tensor4D> {
    if (this.filters.length === 0) this.loadFilters(await readInputs(this.folder, size));
    const { from, to, halvings } = LAYERS[index]!;
    const side = size >> halvings;
    const channels = direction === 'forward' ? from : to;
    const x = tf.tensor4d(between(3, channels * side * side, -1, 1), [1, side, side, channels]);
    const filter = this.filters[index]!;
    return direction === 'forward'
      ? () => tf.conv2d(x, filter, 1, 'same')
      : () => tf.conv2dTranspose(x, filter, [1, side, side, from], 1, 'same');
  }

  private valueAndGradient() {
    return tf.valueAndGrad((x: Tensor) => {
      const { style, content } = this.losses(x as Tensor4D);
      return tf.add(style, content);
    })(this.start);
  }

  private losses(x: Tensor4D): Losses {
    return tf.tidy(() => {
      const features = this.features(x);
      const style = features.map((layer, i) =>
        tf.losses.meanSquaredError(this.styleTargets[i]!, weighedGram(layer)),
      );
      const content = tf.losses.meanSquaredError(this.contentTarget, features[CONTENT_LAYER]!);
      return { style: tf.addN(style), content };
    });
  }

  /** The convolutions' outputs. */
  private features(x: Tensor4D): Tensor4D[] {
    const outputs: Tensor4D[] = [];
    let input = x;
    for (const index of LAYERS.keys()) {
      // tf.fused.conv2d would add the bias for less, but its gradient computes the filters' too.
      const output: Tensor4D = tf.add(tf.conv2d(input, this.filters[index]!, 1, 'same'), this.biases[index]!);
      outputs.push(output);
      input = tf.relu(output);
      if (POOL_AFTER.includes(index)) input = tf.maxPool(input, 2, 2, 'valid');
    }
    return outputs;
  }

  private loadFilters({ weights, biases }: Inputs): void {
    this.filters = LAYERS.map(({ from, to }, i) =>
      tf.tidy(() => tf.transpose(tf.tensor4d(weights[i]!, [to, from, 3, 3]), [2, 3, 1, 0])),
    );
    this.biases = biases.map((bias) => tf.tensor1d(bias));
  }
}

function weighedGram(features: Tensor4D): Tensor {
  const [, height, width, channels] = features.shape;
  const maps = tf.reshape(features, [height * width, channels]);
  return tf.mul(tf.matMul(maps, maps, true, false), STYLE_WEIGHT / (height * width * channels));
}

/** [3, n, n] to [n, n, 3]. */
function channelsLast(planes: Float32Array, n: number): Float32Array {
  const area = n * n;
  return Float32Array.from({ length: planes.length }, (_, i) => planes[(i % 3) * area + Math.floor(i / 3)]!);
}

/** [n, n, 3] to [3, n, n]. */
function channelsFirst(pixels: Float32Array): Float32Array {
  const area = pixels.length / 3;
  return Float32Array.from(
    { length: pixels.length },
    (_, i) => pixels[(i % area) * 3 + Math.floor(i / area)]!,
  );
}

await serve(new Tfjs());
