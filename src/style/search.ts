import type { Gpu } from '../gpu/gpu.js';
import type { Program } from '../gpu/program.js';
import { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { copy } from '../kernels/index.js';
import { type LbfgsOptions, LineSearchLbfgs, type Problem, type SearchStep } from '../lbfgs/index.js';

/**
 * L-BFGS with a line search over an image, and the best image it has tried: a search probes points worse than those it
 * ends at, and may be stopped at any of them.
 */
export class ImageSearch {
  private bestLoss = Infinity;

  private constructor(
    private readonly gpu: Gpu,
    private readonly search: LineSearchLbfgs,
    private readonly problem: Problem,
    private readonly kept: { best: Tensor; keep: Program } | undefined,
  ) {}

  static async create(gpu: Gpu, problem: Problem, options: LbfgsOptions): Promise<ImageSearch> {
    const search = await LineSearchLbfgs.create(gpu, problem, options);
    if (options.mode !== 'robust') return new ImageSearch(gpu, search, problem, undefined);
    let best: Tensor | undefined;
    try {
      best = gpu.tensor('best image', problem.x.shape);
      const recorder = new Recorder(gpu, 'keep');
      copy(recorder, problem.x, best);
      return new ImageSearch(gpu, search, problem, { best, keep: await recorder.freeze() });
    } catch (error) {
      search.dispose();
      if (best) gpu.free(best);
      throw error;
    }
  }

  /** What a run ends with: the best image in the robust mode, else the last. */
  get best(): Tensor {
    return this.kept && this.bestLoss < Infinity ? this.kept.best : this.problem.x;
  }

  /** Bytes of GPU memory held beside the problem's tensors. */
  get bytes(): number {
    return this.search.bytes + (this.kept?.best.bytes ?? 0);
  }

  /** One step of the optimiser: see LineSearchLbfgs.step. */
  step(evaluate: () => unknown): Promise<SearchStep> {
    return this.search.step(evaluate);
  }

  /** Tells the loss of the image that was evaluated last, before it is moved. */
  evaluated(loss: number): void {
    if (!(loss < this.bestLoss)) return;
    this.bestLoss = loss;
    this.kept?.keep.run();
  }

  dispose(): void {
    this.search.dispose();
    this.kept?.keep.dispose();
    if (this.kept) this.gpu.free(this.kept.best);
  }
}
