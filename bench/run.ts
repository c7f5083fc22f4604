import { gaveWay, UserError } from '../src/errors.js';
import { GpuError } from '../src/gpu/errors.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { canTimeSteps } from '../src/gpu/timing.js';
import { packageVersion } from '../src/node/package-files.js';
import type { Case } from './cases/case.js';
import { type Ceilings, measureCeilings } from './ceilings.js';
import { EVALUATION, type EvaluationRound, measureEvaluation } from './evaluation.js';
import { fillHistory, LBFGS } from './lbfgs.js';
import { Ledger } from './ledger.js';
import { machineFacts } from './machine.js';
import { measureCase, TooLong } from './measure.js';
import { leftOut, type Plan, planVariant } from './plan.js';
import { Pace } from './pace.js';
import { Pulse } from './pulse.js';
import type { BenchRequest } from './request.js';
import {
  allLines,
  type Evaluation,
  FORMAT,
  lineKey,
  type Lines,
  type Name,
  type Results,
} from './results.js';
import { commonStep } from './statistics.js';

export interface BenchHooks {
  /** Is told what is being measured. */
  onStage?: (stage: string) => void;
  /** Ends the bench early, with what was measured by then. */
  signal?: AbortSignal;
}

/** Cases between two beats of the pulse. */
const CASES_A_BEAT = 8;

/**
 * Measures all that is asked for, in rounds: each line once in every round, so that a minute in which the machine was
 * busy with something else is one round's and not one line's.
 *
 * @throws UserError for a variant that nothing has; the signal's reason where that is aborted before any line is measured.
 */
export async function runBench(
  gpu: Gpu,
  request: BenchRequest,
  wanted: Plan,
  hooks: BenchHooks = {},
): Promise<Results> {
  const began = new Date();
  const { variant, rounds } = request;
  const plan = planVariant(gpu, wanted, variant);
  gpu.variants.prefer(variant);
  hooks.onStage?.('Measuring what the adapter can do');
  const ceilings = await measureCeilings(gpu, hooks.signal);
  const pulse = await Pulse.create(gpu, ceilings);
  const session = new Session(gpu, request, plan, pulse, hooks);
  let interrupted = false;
  try {
    for (let round = 0; round < rounds; round++) await session.round(round);
  } catch (error) {
    if (!gaveWay(error, hooks.signal)) throw error;
    interrupted = true;
  } finally {
    pulse.dispose();
    gpu.variants.prefer(undefined);
  }
  const raised = raise(ceilings, pulse);
  const measured = {
    evaluations: session.evaluations(raised),
    lbfgs: session.lbfgs.lines(raised),
    kernels: session.kernels.lines(raised),
  };
  const lines = allLines(measured);
  if (interrupted && lines.length === 0) hooks.signal?.throwIfAborted();
  return {
    format: FORMAT,
    scumble: packageVersion(),
    date: began.toISOString(),
    machine: machineFacts(),
    adapter: { ...gpu.facts, features: [...gpu.device.features].sort() },
    clock: clock(gpu, measured),
    ...(variant !== undefined && { variant }),
    ...(interrupted && { interrupted }),
    rounds: Math.max(0, ...lines.map(({ wall }) => wall.length)),
    ceilings: raised,
    pulse: pulse.record,
    ...measured,
    leftOut: session.leftOut,
    seconds: (Date.now() - began.getTime()) / 1e3,
  };
}

/**
 * A speed that the adapter kept for a quarter of the beats is one to be held against; a single lucky beat on a machine
 * whose speed wanders is not.
 */
function raise(ceilings: Ceilings, { record }: Pulse): Ceilings {
  const { f32 } = ceilings;
  const beats = record.f32.flat().sort((a, b) => a - b);
  const perSecond = Math.max(f32.perSecond, beats[Math.floor(0.75 * beats.length)] ?? 0);
  const forms = f32.forms.map((form) => (form.form === f32.form ? { ...form, perSecond } : form));
  return { ...ceilings, f32: { ...f32, perSecond, forms } };
}

function clock(gpu: Gpu, measured: Lines): Results['clock'] {
  if (!canTimeSteps(gpu.device)) return { source: 'host' };
  const nanoseconds = allLines(measured).flatMap((line) => (line.gpu ?? []).flat().map((ms) => 1e6 * ms));
  const step = commonStep(nanoseconds);
  return { source: 'gpu', ...(step > 0 && { stepNanoseconds: step }) };
}

/** What has been measured so far. */
class Session {
  readonly kernels = new Ledger();
  readonly lbfgs = new Ledger();
  readonly leftOut: Results['leftOut'];
  private readonly whole = new Ledger();
  private readonly wholeRounds = new Map<string, EvaluationRound[]>();
  private readonly pace = new Pace();

  constructor(
    private readonly gpu: Gpu,
    private readonly request: BenchRequest,
    private readonly plan: Plan,
    private readonly pulse: Pulse,
    private readonly hooks: BenchHooks,
  ) {
    this.leftOut = [...plan.leftOut];
  }

  /** @throws the signal's reason once that is aborted. */
  async round(round: number): Promise<void> {
    const { plan, request, pulse } = this;
    pulse.startRound();
    await pulse.beat();
    const stage = (what: string) => this.hooks.onStage?.(`Round ${round + 1} of ${request.rounds}: ${what}`);
    if (plan.evaluations) {
      for (const n of request.size) {
        stage(`whole evaluations at ${n}²`);
        await this.evaluate(n);
      }
    }
    if (plan.lbfgs) {
      for (const n of request.size) await this.updates(n, stage);
    }
    for (const [i, item] of plan.cases.entries()) {
      if (i % CASES_A_BEAT === 0) await pulse.beat();
      stage(`${item.kernel} on ${item.shape} (${i + 1} of ${plan.cases.length})`);
      await this.measure(item, round);
    }
    await pulse.beat();
  }

  evaluations(ceilings: Ceilings): Evaluation[] {
    return this.whole.lines(ceilings).map((line) => {
      const rounds = this.wholeRounds.get(lineKey(line))!;
      const last = rounds.at(-1)!;
      return {
        ...line,
        size: last.size,
        inThrees: rounds.map(({ inThrees }) => inThrees),
        setup: rounds.map(({ setup }) => setup),
        first: rounds.map(({ first }) => first),
        memory: last.memory,
        losses: last.losses,
      };
    });
  }

  private async evaluate(n: number): Promise<void> {
    const name: Name = { kernel: EVALUATION, direction: 'both', shape: `3 @ ${n}²` };
    await this.attempt(name, async () => {
      const measured = await measureEvaluation(this.gpu, n, this.hooks.signal);
      this.whole.add(measured);
      const key = lineKey(name);
      this.wholeRounds.set(key, [...(this.wholeRounds.get(key) ?? []), measured]);
    });
  }

  private async updates(n: number, stage: (what: string) => void): Promise<void> {
    const { gpu, hooks, request } = this;
    for (const history of request.history) {
      const name: Name = { kernel: LBFGS, direction: 'forward', shape: `3 @ ${n}², history ${history}` };
      await this.attempt(name, async () => {
        stage(`${LBFGS} on ${name.shape}`);
        // Filling it anew takes longer than a round, but histories kept from round to round would fill the memory.
        const full = await fillHistory(gpu, n, history, hooks.signal);
        try {
          this.lbfgs.add(await full.round());
        } finally {
          full.dispose();
        }
      });
    }
  }

  private async measure(item: Case, round: number): Promise<void> {
    const { gpu, kernels, pace, request } = this;
    await this.attempt(item, async () => {
      const measured = await measureCase(gpu, item, {
        check: round === 0,
        // What was measured before is known to be worth its time.
        guess: kernels.has(item) ? () => 0 : (work) => pace.guess(work),
        patience: 1e3 * request.patience,
      });
      pace.note(measured);
      kernels.add(measured);
    });
  }

  /** Notes what takes too long, does not fit, or cannot be done by the variant asked for, and tries it no more. */
  private async attempt(name: Name, measure: () => Promise<void>): Promise<void> {
    this.hooks.signal?.throwIfAborted();
    const isLeftOut = this.leftOut.some((left) => lineKey(left) === lineKey(name));
    if (isLeftOut) return;
    try {
      await measure();
    } catch (error) {
      const isNoDefect =
        error instanceof TooLong ||
        error instanceof RangeError ||
        error instanceof UserError ||
        (error instanceof GpuError && error.kind === 'out-of-memory');
      if (!isNoDefect) throw error;
      this.leftOut.push(leftOut(name, error.message));
    }
  }
}
