// With parts/lbfgs_state.wgsl.
// L-BFGS, pass 4: what is to become of this evaluation. One lane, a few scalars.
//
// The loop inside `torch.optim.LBFGS.step(closure)`, unrolled into one decision per evaluation. Its order:
//     entry evaluation of a step:  stop if the gradient is small;
//     any other:                   stop at MAX_EVALUATIONS, a small gradient, (2017) a direction that hardly
//                                  descended, a small step, a small change of the loss - in this order;
//     then: keep the pair (s, y) if y.s > 1e-10, set H0 = y.s / y.y (Nocedal & Wright, equation 7.20).
// A stop ends the step: x stays, so that the next step's entry evaluation repeats this one, as it does in PyTorch.
//
// With GUARD there are no steps, and nothing freezes: only a small gradient ends the run. A loss that is not finite
// or that jumped goes back to the best iterate; a pair is kept by its cosine, whatever the loss is measured in.
override HISTORY: u32 = 1u;
override SLOTS: u32 = 2u;
override MAX_EVALUATIONS: u32 = 25u;
override SUMS: u32 = 1u; // 2017's rule: sums and the late slope test; else today's: maxima
override GUARD: u32 = 0u;
override SEARCH: u32 = 0u; // a line search on the host: it does the tests
override TOLERANCE_GRADIENT: f32 = 1e-5;
override TOLERANCE_CHANGE: f32 = 1e-9;
override JUMP: f32 = 2.0; // see guard()

const CURVATURE = 1e-10; // PyTorch's, absolute
const COSINE = 1e-6; // the guard's: of the angle between s and y; float32 noise is near 1e-7

@group(0) @binding(0) var<storage, read> loss: array<f32>;
@group(0) @binding(1) var<storage, read> dots: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> state: State;
@group(0) @binding(3) var<storage, read_write> plan: array<vec4u>;

fn finite(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u;
}

// PyTorch's tests, and its counters.
fn stop_rule(f: f32, norm: f32, moved: f32) -> u32 {
  if (state.in_step == 0u) {
    state.step_evaluations = 1u;
    state.step_iterations = 0u;
    state.steps += 1u;
    return select(NONE, AT_ENTRY, norm <= TOLERANCE_GRADIENT);
  }
  state.step_evaluations += 1u;
  if (state.step_evaluations >= MAX_EVALUATIONS) {
    return EVALUATIONS;
  }
  if (norm <= TOLERANCE_GRADIENT) {
    return GRADIENT;
  }
  if (SUMS == 1u && state.slope > -TOLERANCE_CHANGE) {
    return SLOPE;
  }
  if (moved <= TOLERANCE_CHANGE) {
    return STEP;
  }
  return select(NONE, LOSS, abs(f - state.previous_loss) < TOLERANCE_CHANGE);
}

fn drop_history() {
  plan[0].x = 0u;
  plan[0].y = 0u;
  state.scale = 1.0;
  state.iterations = 0u;
  state.restarts += 1u;
}

// The robust default's tests. A pair with a jump behind it is not worth keeping, since fixed steps have no line
// search to fall back on: the loss may rise by JUMP times the fall that the direction promised, |g.d| t, and not more.
// That measure, unlike a factor on the loss, does not mind which constant the loss contains.
fn guard(f: f32, norm: f32) -> u32 {
  if (state.pending == 1u && f - state.previous_loss > JUMP * abs(state.slope) * state.length) {
    return JUMPED;
  }
  return select(NONE, GRADIENT, norm <= TOLERANCE_GRADIENT * min(1.0, state.first_gradient));
}

// Appends the candidate pair, over the oldest one when the ring is full.
fn keep(ys: f32, yy: f32) {
  if (plan[0].y == HISTORY) {
    plan[0].x = (plan[0].x + 1u) % SLOTS;
  } else {
    plan[0].y += 1u;
  }
  state.scale = ys / yy;
}

@compute @workgroup_size(1)
fn main() {
  let f = loss[0];
  let about_g = dots[SLOTS];
  let pair = dots[plan[0].z]; // (s.y, y.y, s.g, y.g) of the candidate
  let step_squared = dots[SLOTS + 1u].x;
  let norm = select(about_g.z, about_g.y, SUMS == 1u);
  let moved = select(state.moved_max, state.moved_sum, SUMS == 1u);
  let valid = finite(f) && finite(about_g.x) && about_g.w == 0.0;
  let opens = state.in_step == 0u;
  var flags = select(0u, ENTRY, opens);
  var reason = NONE;

  state.evaluations += 1u;
  if (state.evaluations == 1u) {
    state.scale = 1.0;
    state.step_factor = 1.0;
    state.first_gradient = norm;
  }
  state.loss = f;
  state.gradient_sum = about_g.y;
  state.gradient_max = about_g.z;
  state.gradient_squared = about_g.x;

  if (!valid) {
    reason = NOT_FINITE;
  } else if (GUARD == 1u) {
    reason = guard(f, norm);
  } else if (SEARCH == 0u) {
    reason = stop_rule(f, norm, moved);
  }

  if (GUARD == 1u && (reason == NOT_FINITE || reason == JUMPED)) {
    if (state.has_best == 1u) {
      flags |= RESTORE | DROPPED;
      drop_history();
      state.step_factor *= 0.5;
    }
    state.pending = 0u;
  } else if (GUARD == 1u) {
    if (state.has_best == 0u || f < state.best_loss) {
      flags |= BEST;
      state.has_best = 1u;
      state.best_loss = f;
      state.best_evaluation = state.evaluations;
      state.step_factor = max(state.step_factor, min(1.0, 2.0 * state.step_factor));
    }
  }
  state.in_step = select(0u, 1u, reason == NONE);

  if (reason == NONE) {
    flags |= ACT;
    state.iterations += 1u;
    state.step_iterations += 1u;
    state.previous_loss = f;
    if (state.pending == 1u) {
      let bound = select(CURVATURE, COSINE * sqrt(pair.y) * sqrt(step_squared), GUARD == 1u);
      if (pair.x > bound && pair.y > 0.0) {
        keep(pair.x, pair.y);
        flags |= KEPT;
        state.step_factor = min(state.step_factor, 1.0);
      } else if (GUARD == 1u && plan[0].y == 0u) {
        // Not even one pair to be had: the curvature is negative here, or the step too short to be felt.
        state.step_factor *= select(2.0, 16.0, step_squared == 0.0);
      } else if (GUARD == 1u && step_squared == 0.0) {
        drop_history();
        state.iterations = 1u;
        flags |= DROPPED;
        reason = STALLED;
      }
    }
  }
  state.reason = reason;
  plan[0].z = (plan[0].x + plan[0].y) % SLOTS;
  plan[0].w = flags;
  plan[1].x = bitcast<u32>(state.scale);
}
