import type { Gpu } from '../../../src/gpu/gpu.js';
import { type Program, runAll } from '../../../src/gpu/program.js';
import { Recorder } from '../../../src/gpu/recorder.js';
import { add, dot, multiply, scaled } from '../../../src/kernels/index.js';
import { Lbfgs } from '../../../src/lbfgs/index.js';
import { DEFAULTS } from '../../../src/style/options.js';
import { between } from '../inputs.js';
import type { Time } from '../protocol.js';
import { timed } from './serve.js';

/** Evaluations beyond the length of the history until that is full. */
const SPARE = 8;

/**
 * L-BFGS for an image of n × n, as stylize uses it, whose history has filled up: on Σ aᵢ(xᵢ − cᵢ)², whose evaluation is cheap and whose
 * curvatures aᵢ, from 1 to 10,000, keep it from ending before.
 */
export class FullHistory {
  private constructor(
    private readonly gpu: Gpu,
    private readonly evaluation: Program,
    private readonly optimiser: Lbfgs,
  ) {}

  static async create(gpu: Gpu, n: number, history: number): Promise<FullHistory> {
    const shape = [1, 3, n, n];
    const count = 3 * n * n;
    const x = gpu.tensor('x', shape, between(1, count, 0, 1));
    const minus = gpu.tensor('minus c', shape, between(2, count, -0.9, -0.1));
    const powers = between(3, count, 0, 4).map((power) => 10 ** power);
    const recorder = new Recorder(gpu, 'quadratic');
    const away = add(recorder, x, minus);
    const half = multiply(recorder, gpu.tensor('curvatures', shape, powers), away);
    const loss = dot(recorder, half, away);
    const gradient = scaled(recorder, half, 2);
    const evaluation = await recorder.freeze([loss, gradient]);
    const { historyBits } = DEFAULTS;
    const full = new FullHistory(
      gpu,
      evaluation,
      await Lbfgs.create(gpu, { x, loss, gradient }, { history, historyBits, bounds: { low: 0, high: 1 } }),
    );
    for (let i = 0; i < 3 && (await full.pairs()) < history; i++) {
      // The first evaluation makes no pair, and of a few none may be kept.
      for (let j = 0; j < history + SPARE; j++) runAll(gpu, [evaluation, full.optimiser.update]);
    }
    return full;
  }

  /** How many pairs the optimiser works with: those kept since it last dropped them. */
  async pairs(): Promise<number> {
    const { entries } = await this.optimiser.report();
    const since = entries.slice(entries.findLastIndex(({ dropped }) => dropped) + 1);
    return Math.min(this.optimiser.options.history, since.filter(({ kept }) => kept).length);
  }

  /** An update's time: that of evaluations with updates, less that of as many evaluations alone. */
  async time(count: number): Promise<Time> {
    const { gpu, evaluation, optimiser } = this;
    const { queue } = gpu.device;
    const alone = await timed(count, async () => {
      for (let i = 0; i < count; i++) runAll(gpu, [evaluation]);
      await queue.onSubmittedWorkDone();
    });
    const both = await timed(count, async () => {
      for (let i = 0; i < count; i++) runAll(gpu, [evaluation, optimiser.update]);
      await queue.onSubmittedWorkDone();
    });
    return { wall: both.wall - alone.wall, cpu: both.cpu - alone.cpu };
  }
}
