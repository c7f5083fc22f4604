import { requireShape } from '../gpu/errors.js';
import type { Gpu } from '../gpu/gpu.js';
import type { Program } from '../gpu/program.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { allocateHistory } from './history.js';
import { type LbfgsOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { type Buffers, recordDirection, recordMove } from './passes.js';
import { decodeLog, decodeState, LOG_ENTRIES, type LogEntry, type State, STATE_FIELDS } from './state.js';

/** What is minimised. The caller's 'evaluation' program fills `gradient` and `loss` from `x`. */
export interface Problem {
  /** The variables, in any shape. The optimiser moves them in place. */
  x: Tensor;
  /** dloss/dx, as large as x. It must have memory: a resident tensor, or an output of a frozen program. */
  gradient: Tensor;
  /** The loss, one element. */
  loss: Tensor;
}

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
 * scalars and one linear combination, however long the history: seven dispatches, plus three for each further chunk.
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
    private readonly buffers: Buffers,
    private readonly owned: readonly Tensor[],
  ) {}

  /**
   * @throws ShapeError when gradient and x differ in size or the loss is no scalar; UserError for options that make
   *   no sense; LimitError when the GPU cannot hold or bind the history.
   */
  static async create(gpu: Gpu, problem: Problem, options: LbfgsOptions = {}): Promise<Lbfgs> {
    const resolved = resolveOptions(options);
    const { x, gradient, loss } = problem;
    requireShape(x.size === gradient.size, () => `lbfgs: ${x} and its gradient ${gradient} differ in size.`);
    requireShape(loss.size === 1, () => `lbfgs: the loss is to be a scalar, not ${loss}.`);
    const owned: Tensor[] = [];
    try {
      const buffers = allocate(gpu, problem, resolved, owned);
      const recorder = new Recorder(gpu, 'lbfgs');
      recorder.within('lbfgs', () => {
        recordDirection(recorder, buffers, resolved);
        recordMove(recorder, buffers, resolved);
      });
      return new Lbfgs(gpu, resolved, await recorder.freeze(), buffers, owned);
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
    return this.owned.reduce((sum, tensor) => sum + tensor.bytes, 0) + this.update.memory.bytes;
  }

  /** Reads what has happened. Waits for the updates submitted so far, and holds up none submitted later. */
  async report(): Promise<Report> {
    const { state, log } = this.buffers;
    const [words, entries] = await Promise.all([this.gpu.read(state), this.gpu.read(log)]);
    const decoded = decodeState(words);
    return { state: decoded, entries: decodeLog(entries, decoded.evaluations) };
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
    for (const tensor of this.owned) this.gpu.free(tensor);
  }
}

function allocate(gpu: Gpu, problem: Problem, options: ResolvedOptions, owned: Tensor[]): Buffers {
  const { size } = problem.x;
  const slots = options.history + 1; // one more, for the candidate pair
  const keep = (label: string, shape: readonly number[]) => {
    const tensor = gpu.tensor(`lbfgs.${label}`, shape);
    owned.push(tensor);
    return tensor;
  };
  const limit = Math.min(gpu.limits.maxStorageBufferBindingSize, options.maxBindingBytes ?? Infinity);
  const chunks = allocateHistory(gpu, size, slots, limit);
  for (const { s, y } of chunks) owned.push(s, y);
  return {
    ...problem,
    before: keep('before', [size]),
    best: keep('best', [options.mode === 'robust' ? size : 1]),
    chunks,
    slots,
    state: keep('state', [STATE_FIELDS]),
    plan: keep('plan', [slots + 2, 4]),
    products: keep('products', [2, slots, slots]),
    log: keep('log', [LOG_ENTRIES, 4]),
  };
}
