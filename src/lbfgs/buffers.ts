import { requireShape } from '../gpu/errors.js';
import type { Gpu } from '../gpu/gpu.js';
import type { Tensor } from '../gpu/tensor.js';
import { ceilDiv } from '../gpu/workgroups.js';
import { chooseForm, type Form, historyForm } from './forms.js';
import { allocateHistory, type Chunk, TILE } from './history.js';
import type { HistoryBits, ResolvedOptions } from './options.js';
import { LOG_ENTRIES, STATE_FIELDS } from './state.js';

/** What is minimised. The caller's 'evaluation' program fills `gradient` and `loss` from `x`. */
export interface Problem {
  /** The variables, in any shape. The optimiser moves them in place. */
  x: Tensor;
  /** dloss/dx, as large as x. It must have memory: a resident tensor, or an output of a frozen program. */
  gradient: Tensor;
  /** The loss, one element. */
  loss: Tensor;
}

/** All tensors the optimiser works on. x, gradient and loss are the caller's. */
export interface Buffers {
  x: Tensor;
  gradient: Tensor;
  loss: Tensor;
  /** The gradient where the last step started, in whole tiles, 0 past the last variable. */
  before: Tensor;
  /** The direction, and then the step along it, likewise. */
  step: Tensor;
  /** The best x; a placeholder in the mode 'seed'. */
  best: Tensor;
  form: Form;
  chunks: readonly Chunk[];
  slots: number;
  bits: HistoryBits;
  /** Counters and scalars: see state.ts. */
  state: Tensor;
  /** [2 + slots, 4]: ring, flags, scalars, and two coefficients a slot, for all passes. */
  plan: Tensor;
  /** s_a·y_b and y_a·y_b of the stored pairs, [2, slots, slots]. */
  products: Tensor;
  log: Tensor;
}

/** @throws ShapeError when gradient and x differ in size or the loss is no scalar. */
export function checkProblem({ x, gradient, loss }: Problem): void {
  requireShape(x.size === gradient.size, () => `lbfgs: ${x} and its gradient ${gradient} differ in size.`);
  requireShape(loss.size === 1, () => `lbfgs: the loss is to be a scalar, not ${loss}.`);
}

/** Makes all tensors but the caller's, and notes them in `owned` as it goes. */
export function allocate(gpu: Gpu, problem: Problem, options: ResolvedOptions, owned: Tensor[]): Buffers {
  const { size } = problem.x;
  const slots = options.history + 1; // one more, for the candidate pair
  const keep = (label: string, shape: readonly number[]) => {
    const tensor = gpu.tensor(`lbfgs.${label}`, shape);
    owned.push(tensor);
    return tensor;
  };
  const bits = options.historyBits;
  const form = chooseForm(gpu, slots + 2, ceilDiv(size, TILE));
  const place = historyForm(form, gpu.facts);
  const chunks = allocateHistory(gpu, size, { slots, bits }, place, options.maxBindingBytes);
  const whole = ceilDiv(size, TILE) * TILE;
  for (const { geometry, s, y } of chunks) owned.push(geometry, s, y);
  return {
    ...problem,
    before: keep('before', [whole]),
    step: keep('step', [whole]),
    best: keep('best', [options.mode === 'robust' ? size : 1]),
    form,
    chunks,
    slots,
    bits,
    state: keep('state', [STATE_FIELDS]),
    plan: keep('plan', [slots + 2, 4]),
    products: keep('products', [2, slots, slots]),
    log: keep('log', [LOG_ENTRIES, 4]),
  };
}
