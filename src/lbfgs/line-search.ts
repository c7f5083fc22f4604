import type { Gpu } from '../gpu/gpu.js';
import type { Program } from '../gpu/program.js';
import type { Tensor } from '../gpu/tensor.js';
import { allocate, type Buffers, checkProblem, type Problem } from './buffers.js';
import { type LbfgsOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { freezeSearch, KEPT_GRADIENTS, type SearchBuffers, type SearchPrograms } from './search-programs.js';
import { decodeState, type Reason, type State } from './state.js';
import { type Probe, strongWolfe } from './strong-wolfe.js';

/** What one step did. */
export interface SearchStep {
  /** The loss at its first evaluation, as PyTorch's step() returns it. */
  loss: number;
  evaluations: number;
  iterations: number;
  /** Why it ended. */
  stop: Reason;
}

/**
 * L-BFGS with a strong Wolfe line search: `torch.optim.LBFGS(line_search_fn='strong_wolfe')`. The vectors, the
 * history and the recursion are Lbfgs's, on the GPU; the search is the host's, which waits for three numbers after
 * each evaluation. A run costs more evaluations an iteration and never loses its way.
 *
 * With bounds, x is clamped at each probe; in the mode 'robust' the direction is projected, the slope is taken along
 * what the box leaves of it, and s is the step really taken.
 */
export class LineSearchLbfgs {
  private constructor(
    readonly gpu: Gpu,
    readonly options: ResolvedOptions,
    private readonly buffers: Buffers,
    private readonly search: SearchBuffers,
    private readonly programs: SearchPrograms,
    private readonly owned: readonly Tensor[],
  ) {}

  /** @throws what Lbfgs.create throws. */
  static async create(gpu: Gpu, problem: Problem, options: LbfgsOptions = {}): Promise<LineSearchLbfgs> {
    const resolved = resolveOptions(options);
    checkProblem(problem);
    const owned: Tensor[] = [];
    try {
      const buffers = allocate(gpu, problem, { ...resolved, mode: 'seed' }, owned);
      const vector = (label: string, size: number = problem.x.size) => {
        const tensor = gpu.tensor(`lbfgs.${label}`, [size]);
        owned.push(tensor);
        return tensor;
      };
      const search: SearchBuffers = {
        base: vector('base'),
        direction: vector('direction'),
        path: vector('path'),
        length: vector('length', 1),
        kept: Array.from({ length: KEPT_GRADIENTS }, (_, i) => vector(`kept${i}`)),
      };
      const programs = await freezeSearch(gpu, buffers, search, resolved);
      return new LineSearchLbfgs(gpu, resolved, buffers, search, programs, owned);
    } catch (error) {
      for (const tensor of owned) gpu.free(tensor);
      throw error;
    }
  }

  /** Bytes of GPU memory that the optimiser holds beside the caller's tensors. */
  get bytes(): number {
    const programs = this.allPrograms().reduce((sum, program) => sum + program.bytes, 0);
    return this.owned.reduce((sum, tensor) => sum + tensor.bytes, programs);
  }

  /**
   * One step: up to `maxIterations` searches, by PyTorch's rules.
   *
   * @param evaluate submits one evaluation of the loss and its gradient at x.
   */
  async step(evaluate: () => unknown): Promise<SearchStep> {
    const { maxIterations, maxEvaluations, toleranceGradient, toleranceChange } = this.options;
    const sums = this.options.stopRule === '2017';
    await evaluate();
    let { loss, norm } = await this.measured();
    const step: SearchStep = { loss, evaluations: 1, iterations: 0, stop: 'gradient-at-entry' };
    if (norm <= toleranceGradient) return step;

    while (step.iterations < maxIterations) {
      step.iterations++;
      const state = await this.begin();
      if (state.reason !== 0) return { ...step, stop: 'not-finite' };
      if (state.slope > -toleranceChange) return { ...step, stop: 'slope' };
      const previous = loss;
      const found = await this.searchAlong(state, evaluate);
      ({ loss, norm } = found);
      step.evaluations += found.evaluations;
      const moved = ((sums ? state.movedSum : state.movedMax) / state.length) * found.t;
      if (step.iterations === maxIterations) return { ...step, stop: 'max-iter' };
      if (step.evaluations >= maxEvaluations) return { ...step, stop: 'max-eval' };
      if (norm <= toleranceGradient) return { ...step, stop: 'gradient' };
      if (moved <= toleranceChange) return { ...step, stop: 'step' };
      if (Math.abs(loss - previous) < toleranceChange) return { ...step, stop: 'loss' };
    }
    return step;
  }

  /** Frees all but the caller's tensors. */
  dispose(): void {
    for (const program of this.allPrograms()) program.dispose();
    for (const tensor of this.owned) this.gpu.free(tensor);
  }

  private allPrograms(): Program[] {
    const { begin, probe, measure, keep, bring } = this.programs;
    return [begin, probe, measure, ...keep, ...bring];
  }

  /** Finds the direction from the gradient as it is. */
  private async begin(): Promise<State> {
    this.programs.begin.run();
    return decodeState(await this.gpu.read(this.buffers.state));
  }

  private async measured(): Promise<{ loss: number; slope: number; norm: number }> {
    this.programs.measure.run();
    const { slope, norm } = this.programs;
    const scalars = [this.buffers.loss, slope, norm].map((tensor) => this.gpu.read(tensor));
    const [loss, along, size] = await Promise.all(scalars);
    return { loss: loss![0]!, slope: along![0]!, norm: size![0]! };
  }

  private async searchAlong(
    state: State,
    evaluate: () => unknown,
  ): Promise<{ t: number; loss: number; norm: number; evaluations: number }> {
    const { probe: move, keep, bring } = this.programs;
    /** What each kept gradient belongs to. */
    const holders = new Array<Probe | undefined>(KEPT_GRADIENTS).fill(undefined);
    const norms = new Map<Probe, number>();
    let newest: Probe | undefined;
    const hold = (probe: Probe, norm: number, alive: readonly Probe[]) => {
      const slot = holders.findIndex((holder) => holder === undefined || !alive.includes(holder));
      holders[slot] = probe;
      keep[slot]!.run();
      norms.set(probe, norm);
      return (newest = probe);
    };
    const goTo = (t: number) => {
      this.gpu.write(this.search.length, Float32Array.of(t));
      move.run();
    };

    const start: Probe = { t: 0, loss: state.loss, slope: state.slope };
    const startNorm = this.options.stopRule === '2017' ? state.gradientSum : state.gradientMax;
    hold(start, startNorm, []);
    const { probe, evaluations } = await strongWolfe(
      start,
      state.length,
      state.movedMax / state.length,
      async (t, alive) => {
        goTo(t);
        await evaluate();
        const { loss, slope, norm } = await this.measured();
        return hold({ t, loss, slope }, norm, alive);
      },
      { toleranceChange: this.options.toleranceChange },
    );
    if (probe !== newest) {
      goTo(probe.t);
      bring[holders.indexOf(probe)]!.run();
    }
    return { t: probe.t, loss: probe.loss, norm: norms.get(probe)!, evaluations };
  }
}
