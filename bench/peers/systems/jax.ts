/** @file jax-js on WebGPU, jitted. It has no L-BFGS, so an evaluation is forward and backward alone. */
import { readFileSync } from 'node:fs';
import type * as Jax from '@jax-js/jax';
import { between, type Inputs, readInputs } from '../inputs.js';
import { CONTENT_LAYER, LAYERS, POOL_AFTER, STYLE_WEIGHT } from '../layers.js';
import type { Check, Evaluated, Hello, Peer, Protocol, Time } from '../protocol.js';
import { provideNavigator } from './navigator.js';
import { residentBytes, serve, summarise, timed } from './serve.js';

const adapter = await provideNavigator(process.env['PEERS_ADAPTER']);
const jax: typeof Jax = await import('@jax-js/jax');
const { numpy: np, lax, nn, jit, valueAndGrad } = jax;

/** A function uses up the arrays that it is given; `.ref` keeps one for later. */
type Tensor = Jax.Array;

/** The sum of the style losses, and the content loss. */
interface Losses extends Record<string, Tensor> {
  style: Tensor;
  content: Tensor;
}

const kept = (arrays: Tensor[]) => arrays.map((array) => array.ref);

class JaxJs implements Peer {
  private folder!: string;
  private filters: Tensor[] = [];
  private biases: Tensor[] = [];
  private start!: Tensor;
  private contentTarget!: Tensor;
  private styleTargets!: Tensor[];
  private readonly valueAndGradient = jit(
    valueAndGrad(
      (...inputs: Parameters<typeof losses>) => {
        const { style, content } = losses(...inputs);
        return [style.ref.add(content.ref), { style, content }] as [Tensor, Losses];
      },
      { hasAux: true },
    ),
  );
  private readonly layers = new Map<string, () => Tensor>();

  async hello({ folder }: { folder: string }): Promise<Hello> {
    this.folder = folder;
    if (!(await jax.init('webgpu')).includes('webgpu')) throw new Error('its WebGPU backend does not start');
    jax.defaultDevice('webgpu');
    const manifest = new URL('../node_modules/@jax-js/jax/package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    const { device, software } = adapter;
    return { version, device, software, can: ['evaluate', 'layer'], idleBytes: residentBytes().now };
  }

  async setup({ size }: { size: number }): Promise<Evaluated> {
    const inputs = await readInputs(this.folder, size);
    this.loadFilters(inputs);
    const picture = (planes: Float32Array<ArrayBuffer>) => np.array(planes).reshape([1, 3, size, size]);
    // Not jitted, these alone take longer than all that follows.
    const contentOf = jit((...x: Parameters<typeof features>) => features(...x)[CONTENT_LAYER]!);
    const stylesOf = jit((...x: Parameters<typeof features>) => features(...x).map(weighedGram));
    const { filters, biases } = this;
    this.start = picture(inputs.start);
    this.contentTarget = contentOf(picture(inputs.content), kept(filters), kept(biases));
    this.styleTargets = stylesOf(picture(inputs.style), kept(filters), kept(biases));
    await jax.blockUntilReady([this.contentTarget, ...this.styleTargets]);
    return this.evaluate({ count: 1 });
  }

  async check(): Promise<Check> {
    const [[value, { style, content }], gradient] = this.valueAndGradient(...this.arguments());
    const [[styleLoss], [contentLoss], dx] = await Promise.all([
      style.data(),
      content.data(),
      gradient.data(),
    ]);
    value.dispose();
    return summarise(styleLoss!, contentLoss!, new Float32Array(dx));
  }

  async evaluate({ count }: { count: number }): Promise<Evaluated> {
    let loss = NaN;
    const time = await timed(count, async () => {
      for (let i = 0; i < count; i++) {
        const [[value, { style, content }], gradient] = this.valueAndGradient(...this.arguments());
        // Either one waits for all; an optimiser would need both.
        [loss = NaN] = await value.data();
        await gradient.data();
        style.dispose();
        content.dispose();
      }
    });
    return { ...time, loss, update: false };
  }

  async layer({ size, index, direction, count }: Protocol['layer'][0]): Promise<Time> {
    const key = JSON.stringify([size, index, direction]);
    let run = this.layers.get(key);
    if (!run) this.layers.set(key, (run = await this.recordLayer(size, index, direction)));
    return timed(count, async () => {
      // A call only notes down what is to be done; it is done once its result is waited for, and an array that is
      // disposed of before never is.
      const results = await jax.blockUntilReady(Array.from({ length: count }, run));
      for (const result of results) result.dispose();
    });
  }

  private async recordLayer(
    size: number,
    index: number,
    direction: Protocol['layer'][0]['direction'],
  ): Promise<() => Tensor> {
    if (this.filters.length === 0) this.loadFilters(await readInputs(this.folder, size));
    const { from, to, halvings } = LAYERS[index]!;
    const side = size >> halvings;
    const random = (channels: number) =>
      np.array(between(3, channels * side * side, -1, 1)).reshape([1, channels, side, side]);
    const filter = this.filters[index]!;
    const x = random(from);
    if (direction === 'forward') {
      const forward = jit((input: Tensor, weights: Tensor) => convolve(input, weights));
      return () => forward(x.ref, filter.ref);
    }
    // The gradient of Σ dy·conv(x) is the backward pass; jit drops the forward one, which nothing needs.
    const backward = jit(
      jax.grad((input: Tensor, weights: Tensor, dy: Tensor) => np.sum(convolve(input, weights).mul(dy))),
    );
    const dy = random(to);
    return () => backward(x.ref, filter.ref, dy.ref);
  }

  private arguments(): Parameters<typeof losses> {
    const { start, filters, biases, contentTarget, styleTargets } = this;
    return [start.ref, kept(filters), kept(biases), contentTarget.ref, kept(styleTargets)];
  }

  private loadFilters({ weights, biases }: Inputs): void {
    this.filters = LAYERS.map(({ from, to }, i) => np.array(weights[i]!).reshape([to, from, 3, 3]));
    this.biases = LAYERS.map(({ to }, i) => np.array(biases[i]!).reshape([1, to, 1, 1]));
  }
}

function convolve(x: Tensor, filter: Tensor): Tensor {
  return lax.conv(x, filter, [1, 1], 'SAME');
}

/** The convolutions' outputs. */
function features(x: Tensor, filters: Tensor[], biases: Tensor[]): Tensor[] {
  const outputs: Tensor[] = [];
  let input = x;
  for (const index of LAYERS.keys()) {
    const output = convolve(input, filters[index]!).add(biases[index]!);
    if (index === LAYERS.length - 1) {
      outputs.push(output);
      break;
    }
    outputs.push(output.ref);
    input = nn.relu(output);
    if (POOL_AFTER.includes(index)) input = maxPool(input);
  }
  return outputs;
}

function maxPool(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return np.max(x.reshape([batch, channels, height / 2, 2, width / 2, 2]), [3, 5]);
}

function weighedGram(layer: Tensor): Tensor {
  const [, channels, height, width] = layer.shape as [number, number, number, number];
  const maps = layer.reshape([channels, height * width]);
  return np.matmul(maps.ref, np.transpose(maps)).mul(STYLE_WEIGHT / (channels * height * width));
}

function meanSquaredError(a: Tensor, b: Tensor): Tensor {
  return np.mean(np.square(a.sub(b)));
}

function losses(
  x: Tensor,
  filters: Tensor[],
  biases: Tensor[],
  contentTarget: Tensor,
  styleTargets: Tensor[],
): Losses {
  const layers = features(x, filters, biases);
  const content = meanSquaredError(layers[CONTENT_LAYER]!.ref, contentTarget);
  const style = layers
    .map((layer, i) => meanSquaredError(weighedGram(layer), styleTargets[i]!))
    .reduce((sum, loss) => sum.add(loss));
  return { style, content };
}

await serve(new JaxJs());
