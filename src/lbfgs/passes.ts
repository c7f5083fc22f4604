import { read, uniform, update, write } from '../gpu/dispatch.js';
import type { Recorder } from '../gpu/recorder.js';
import { ceilDiv, linearGrid } from '../gpu/workgroups.js';
import type { Buffers } from './buffers.js';
import { combineHeld, dotsConstants, FORMS } from './forms.js';
import { range, vectorsOfEight, wholeTiles } from './history.js';
import type { ResolvedOptions } from './options.js';
import { LOG_ENTRIES } from './state.js';

/**
 * The direction promised a fall of the loss by |g·d|t; a rise of this many times as much sends a robust run back.
 * Chosen by experiment (box-constrained quadratics up to a condition of 1e6, style losses): rises by a few times
 * |g·d|t mend themselves and teach the history something, so that a factor of 1 costs dozens of restarts a run and one
 * of 5 none, while the runs that blow up rise by orders of magnitude. A factor on the loss itself does not do: style
 * losses can double in the second evaluation of a run that then goes well.
 */
const JUMP = 5;

/** The constants of the passes that know of bounds. */
export const boundary = ({ bounds, mode }: ResolvedOptions) => ({
  PROJECT: bounds && mode === 'robust' ? 1 : 0,
  LOW: bounds?.low ?? 0,
  HIGH: bounds?.high ?? 0,
});

/** Four elements an invocation. */
export const byFours = (count: number) => linearGrid(ceilDiv(count, 4));

/**
 * Records passes 1 to 7: from the new loss and gradient to the direction, in `step`.
 *
 * @param search the host searches along the direction, and does the tests: nothing is guarded or moved.
 */
export function recordDirection(
  recorder: Recorder,
  b: Buffers,
  options: ResolvedOptions,
  search = false,
): void {
  const { chunks, form: chosen, slots, bits } = b;
  const tiles = chunks.reduce((sum, chunk) => sum + chunk.tiles, 0);
  const rows = slots + 2;
  const guard = options.mode === 'robust' && !search ? 1 : 0;
  const rules = {
    SUMS: options.stopRule === '2017' ? 1 : 0,
    GUARD: guard,
    SEARCH: search ? 1 : 0,
    TOLERANCE_CHANGE: options.toleranceChange,
  };
  const form = FORMS[chosen];
  const history = { ...boundary(options), SLOTS: slots, VECTORS: vectorsOfEight(bits) };
  const partials = recorder.temporary('partials', [rows, tiles, form.parts, 4]);
  const dots = recorder.temporary('dots', [rows, 4]);
  const slopes = recorder.temporary('slopes', [tiles, form.parts, 4]);

  for (const chunk of chunks) {
    recorder.dispatch({
      label: 'append',
      shader: 'lbfgs_append',
      constants: { ...history, ...form.tile },
      bindings: [
        // One row of it.
        write(chunk.s),
        write(chunk.y),
        read(range(b.gradient, chunk)),
        read(range(b.x, chunk)),
        read(wholeTiles(b.before, chunk)),
        read(wholeTiles(b.step, chunk)),
        write(partials),
        uniform(b.plan),
        uniform(chunk.geometry),
      ],
      workgroups: linearGrid(chunk.tiles, 1),
    });
  }
  for (const chunk of chunks) {
    recorder.dispatch({
      label: 'dots',
      shader: form.dots,
      constants: { ...history, ...dotsConstants(chosen, slots) },
      bindings: [
        read(chunk.s),
        read(chunk.y),
        read(range(b.gradient, chunk)),
        read(range(b.x, chunk)),
        update(partials),
        uniform(b.plan),
        uniform(chunk.geometry),
      ],
      workgroups: linearGrid(chunk.tiles, 1),
      flops: 8 * slots * chunk.count,
    });
  }
  recorder.dispatch({
    label: 'reduce',
    shader: 'lbfgs_reduce',
    constants: { ...form.sums, SLOTS: slots },
    bindings: [read(partials), write(dots), uniform(b.plan), uniform(chunks[0]!.geometry)],
    workgroups: [rows, 1, 1],
  });
  recorder.dispatch({
    label: 'control',
    shader: 'lbfgs_control',
    constants: {
      ...rules,
      JUMP,
      HISTORY: options.history,
      SLOTS: slots,
      MAX_EVALUATIONS: options.maxEvaluations,
      TOLERANCE_GRADIENT: options.toleranceGradient,
    },
    bindings: [read(b.loss), read(dots), update(b.state), update(b.plan)],
    workgroups: [1, 1, 1],
  });
  recorder.dispatch({
    label: 'recursion',
    shader: 'lbfgs_recursion',
    constants: { ...form.recursion, SLOTS: slots },
    bindings: [read(dots), update(b.products), update(b.plan)],
    workgroups: [1, 1, 1],
  });
  for (const chunk of chunks) {
    recorder.dispatch({
      label: 'combine',
      shader: 'lbfgs_combine',
      constants: { ...history, ...form.tile, HELD: combineHeld(chosen, bits), PLAN: rows },
      bindings: [
        read(chunk.s),
        read(chunk.y),
        read(range(b.gradient, chunk)),
        read(range(b.x, chunk)),
        write(wholeTiles(b.step, chunk)),
        write(slopes),
        uniform(b.plan),
        uniform(chunk.geometry),
      ],
      workgroups: linearGrid(chunk.tiles, 1),
      flops: 4 * slots * chunk.count,
    });
  }
  recorder.dispatch({
    label: 'decide',
    shader: 'lbfgs_decide',
    constants: {
      ...rules,
      ...form.sums,
      MAX_ITERATIONS: options.maxIterations,
      LEARNING_RATE: options.learningRate,
      LOG: LOG_ENTRIES,
    },
    bindings: [read(slopes), update(b.state), update(b.plan), update(b.log), uniform(chunks[0]!.geometry)],
    workgroups: [1, 1, 1],
  });
}

/** Records pass 8: x, the step, the gradient before and the best x follow what was decided. */
export function recordMove(recorder: Recorder, b: Buffers, options: ResolvedOptions): void {
  const guard = options.mode === 'robust';
  for (const chunk of b.chunks) {
    recorder.dispatch({
      label: 'move',
      shader: 'lbfgs_move',
      constants: { ...boundary(options), GUARD: guard ? 1 : 0, BOUNDED: options.bounds ? 1 : 0 },
      bindings: [
        update(wholeTiles(b.step, chunk)),
        update(range(b.x, chunk)),
        read(range(b.gradient, chunk)),
        update(wholeTiles(b.before, chunk)),
        update(guard ? range(b.best, chunk) : b.best),
        uniform(b.plan),
        uniform(chunk.geometry),
      ],
      workgroups: byFours(chunk.count),
    });
  }
}
