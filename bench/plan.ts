import { UserError } from '../src/errors.js';
import type { Gpu } from '../src/gpu/gpu.js';
import { type Choice, Recorder } from '../src/gpu/recorder.js';
import type { Shape, Tensor } from '../src/gpu/tensor.js';
import type { Case } from './cases/case.js';
import { casesAt } from './cases/index.js';
import { EVALUATION } from './evaluation.js';
import { LBFGS } from './lbfgs.js';
import type { BenchRequest } from './request.js';
import { lineKey, type Name, type Results } from './results.js';

/** What is to be measured. */
export interface Plan {
  evaluations: boolean;
  lbfgs: boolean;
  cases: Case[];
  /** What the variants there are can be told by: the cases, and for an evaluation, which consists of such, all of them. */
  variantsOf: Case[];
  /** Cases of kernels that have the variant asked for, on shapes that it cannot take, or that nothing can. */
  leftOut: Results['leftOut'];
}

type Wanted = Pick<BenchRequest, 'kernel' | 'size' | 'variant'>;

/**
 * What a request asks for, but for the variant, which only a device can tell of.
 *
 * @throws UserError for a kernel that there is not.
 */
export function planLines({ kernel, size, variant }: Wanted): Plan {
  // Deep layers of one size may be shallow layers of another.
  const distinct = new Map(size.flatMap((n) => casesAt(n)).map((item) => [lineKey(item), item]));
  const cases = [...distinct.values()];
  const known = new Set([EVALUATION, LBFGS, ...cases.map((item) => item.kernel)]);
  const unknown = kernel?.filter((name) => !known.has(name)) ?? [];
  if (unknown.length > 0) {
    throw new UserError(
      `--kernel knows nothing called ${unknown.join(' or ')}; choose from ${[...known].join(', ')}.`,
    );
  }
  const wants = (name: string) => !kernel || kernel.includes(name);
  const wanted = cases.filter((item) => wants(item.kernel));
  return {
    evaluations: wants(EVALUATION),
    lbfgs: kernel ? wants(LBFGS) : variant === undefined,
    cases: wanted,
    variantsOf: wants(EVALUATION) ? cases : wanted,
    leftOut: [],
  };
}

/**
 * What of a plan has a variant, or all of it where none is asked for.
 *
 * @throws UserError if nothing has.
 */
export function planVariant(gpu: Gpu, plan: Plan, variant: string | undefined): Plan {
  if (variant === undefined) return plan;
  const surveyed = plan.variantsOf.map((item) => ({ item, ...survey(gpu, item) }));
  const fitting = surveyed
    .filter(({ choices }) => choices.some(({ eligible }) => eligible.includes(variant)))
    .map(({ item }) => item);
  if (fitting.length === 0) {
    const known = new Set(surveyed.flatMap(({ choices }) => choices.flatMap(({ eligible }) => eligible)));
    const have = known.size > 0 ? `there are ${[...known].join(', ')}` : 'these kernels have none';
    throw new UserError(`--variant: nothing to be measured has a variant called ${variant}; ${have}.`);
  }
  const kernels = new Set(fitting.map(({ kernel }) => kernel));
  const unfit = surveyed.filter(
    ({ item }) => plan.cases.includes(item) && kernels.has(item.kernel) && !fitting.includes(item),
  );
  return {
    ...plan,
    cases: plan.cases.filter((item) => fitting.includes(item)),
    leftOut: unfit.map(({ item, refusal = `${variant} cannot take this shape` }) => leftOut(item, refusal)),
  };
}

export function leftOut({ kernel, direction, shape }: Name, why: string): Results['leftOut'][number] {
  return { kernel, direction, shape, why };
}

interface Survey {
  choices: readonly Choice[];
  /** Why the device cannot do it. */
  refusal?: string;
}

/** What a case would choose between, told by recording it; nothing is compiled or run. */
export function survey(gpu: Gpu, { kernel, record }: Case): Survey {
  const recorder = new Recorder(gpu, kernel);
  const made: Tensor[] = [];
  const make = (shape: Shape) => {
    const tensor = gpu.tensor('input', shape);
    made.push(tensor);
    return tensor;
  };
  try {
    record(recorder, { tensor: make, constant: make, unread: make });
    return { choices: recorder.choices };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { choices: recorder.choices, refusal: error.message };
  } finally {
    made.forEach((tensor) => gpu.free(tensor));
  }
}
