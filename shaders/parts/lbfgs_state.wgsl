// With parts/lbfgs_flags.wgsl.
// What the optimiser remembers besides vectors.
struct State {
  evaluations: u32, // all so far
  iterations: u32, // since the history was last empty by decree
  in_step: u32, // 0: the next evaluation opens a step
  step_evaluations: u32,
  step_iterations: u32,
  pending: u32, // 1: a step was taken from `before`, so there is a candidate pair
  has_best: u32,
  loss: f32,
  previous_loss: f32,
  slope: f32,
  moved_sum: f32,
  moved_max: f32,
  scale: f32, // H0
  step_factor: f32,
  best_loss: f32,
  best_evaluation: u32,
  first_gradient: f32,
  gradient_squared: f32,
  reason: u32,
  restarts: u32,
  gradient_sum: f32,
  gradient_max: f32,
  length: f32,
  steps: u32,
}

// Why a step ended or a restart was made, as the host's log shows it (src/lbfgs/state.ts has the names).
const NONE = 0u;
const AT_ENTRY = 1u;
const EVALUATIONS = 2u;
const GRADIENT = 3u;
const SLOPE = 4u;
const STEP = 5u;
const LOSS = 6u;
const MAX_ITERATIONS_REACHED = 7u;
const NOT_FINITE = 8u;
const JUMPED = 9u;
const STALLED = 10u;
const ASCENT = 11u;
