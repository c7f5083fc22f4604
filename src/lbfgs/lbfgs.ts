import type { Gpu } from '../gpu/gpu.js';
import { freezeAll, type Program, runAll } from '../gpu/program.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { copy } from '../kernels/index.js';
import { allocate, type Buffers, checkProblem, type Problem } from './buffers.js';
import { type LbfgsOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { recordDirection, recordMove } from './passes.js';
import { decodeLog, decodeState, type LogEntry, type State } from './state.js';

/** What the optimiser has to tell. */
export interface Report {
  state: State;
  /** The newest evaluations, oldest first (at most 1024). */
  entries: LogEntry[];
}

/**
 * L-BFGS (Nocedal & Wright, section 7.2) that lives on the GPU: `torch.optim.LBFGS` as a state machine, one decision
 * after each evaluation, so that the host submits [evaluation, update] again and again and waits for nothing:
 *
 *     const optimiser = await Lbfgs.create(gpu, { x, gradient, loss }, { history: 20 });
 *     for (let i = 0; i < 300; i++) runAll(gpu, [evaluation, optimiser.update]);
 *     const { entries } = await optimiser.report();
 *
 * The vector-free form (Chen, Wang & Zhou, NIPS 2014) makes an update of one batched dot product, a recursion on
 * scalars and one linear combination, however long the history: eight dispatches, plus four for each further chunk.
 *
 * Repeating an evaluation is what PyTorch does between two calls of step(): where a stop rule fires in the mode
 * 'seed', x stays and the next evaluation is the next step's entry evaluation. See LbfgsOptions for the two modes.
 */
export class Lbfgs {
  private constructor(
    readonly gpu: Gpu,
    readonly options: ResolvedOptions,
    /** To be run after each evaluation, best in one submission with it (runAll). */
    readonly update: Program,
    private readonly restore: Program,
    private readonly buffers: Buffers,
    private readonly owned: readonly Tensor[],
  ) {}

  /**
   * @throws ShapeError when gradient and x differ in size or the loss is no scalar; UserError for options that make
   *   no sense; LimitError when the GPU cannot hold or bind the history.
   */
  static async create(gpu: Gpu, problem: Problem, options: LbfgsOptions = {}): Promise<Lbfgs> {
    const resolved = resolveOptions(options);
    checkProblem(problem);
    const owned: Tensor[] = [];
    try {
      const buffers = allocate(gpu, problem, resolved, owned);
      const recorder = new Recorder(gpu, 'lbfgs');
      recorder.within('lbfgs', () => {
        recordDirection(recorder, buffers, resolved);
        recordMove(recorder, buffers, resolved);
      });
      const back = new Recorder(gpu, 'lbfgs.best');
      if (resolved.mode === 'robust') copy(back, buffers.best, buffers.x);
      const [update, restore] = await freezeAll([[recorder], [back]]);
      return new Lbfgs(gpu, resolved, update!, restore!, buffers, owned);
    } catch (error) {
      for (const tensor of owned) gpu.free(tensor);
      throw error;
    }
  }

  /**
   * The x with the lowest loss evaluated so far, as large as x and undefined before the first update. In the mode
   * 'seed', which keeps no such thing, x itself.
   */
  get best(): Tensor {
    const { best, x } = this.buffers;
    return this.options.mode === 'robust' ? best.view(x.shape) : x;
  }

  /** Bytes of GPU memory that the optimiser holds beside the caller's tensors. */
  get bytes(): number {
    return this.owned.reduce((sum, tensor) => sum + tensor.bytes, 0) + this.update.bytes;
  }

  /** Reads what has happened. Waits for the updates submitted so far, and holds up none submitted later. */
  async report(): Promise<Report> {
    const { state, log } = this.buffers;
    const [words, entries] = await Promise.all([this.gpu.read(state), this.gpu.read(log)]);
    const decoded = decodeState(words);
    return { state: decoded, entries: decodeLog(entries, decoded.evaluations) };
  }

  /**
   * One step as PyTorch counts them, in the mode 'seed': evaluations and updates until a step ends. It waits for each;
   * a run that need not know where steps end is better off with `update` alone.
   *
   * @returns what its evaluations gave, in order.
   */
  async step(evaluation: Program): Promise<LogEntry[]> {
    for (let made = 1; ; made++) {
      runAll(this.gpu, [evaluation, this.update]);
      const { state, entries } = await this.report();
      if (state.inStep === 0) return entries.slice(-made);
    }
  }

  /**
   * Puts x back to the best so far: how a robust run ends. Does nothing before there is a best, or in the mode 'seed'.
   */
  async returnToBest(): Promise<void> {
    const state = decodeState(await this.gpu.read(this.buffers.state));
    if (state.hasBest === 1) this.restore.run();
  }

  /** Forgets everything but x: the next evaluation is the first. */
  reset(): void {
    for (const tensor of [this.buffers.state, this.buffers.plan]) {
      this.gpu.write(tensor, new Float32Array(tensor.size));
    }
  }

  /** Frees the history and all else but the caller's tensors. */
  dispose(): void {
    this.update.dispose();
    this.restore.dispose();
    for (const tensor of this.owned) this.gpu.free(tensor);
  }
}
