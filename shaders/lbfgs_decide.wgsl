// With parts/lbfgs_chunk.wgsl, parts/lbfgs_state.wgsl, parts/lbfgs_total.wgsl.
// L-BFGS, pass 7: how far to go along the direction, or whether to go at all. Adds up the tiles' PARTS sums of (g.d,
// sum |d|, max |d|, not finite) of lbfgs_combine in one workgroup; then one lane decides and writes the evaluation's log
// entry.
//
// Step length, as PyTorch: lr min(1, 1/|g|_1) at first, then lr. Today's rule ends the step before a move along which
// the loss hardly falls (g.d > -TOLERANCE_CHANGE); a step's last iteration moves, and the next step evaluates there.
// With GUARD, a direction that is not finite or does not descend gives way to steepest descent with no history.
override SUMS: u32 = 1u;
override GUARD: u32 = 0u;
override SEARCH: u32 = 0u;
override MAX_ITERATIONS: u32 = 20u;
override TOLERANCE_CHANGE: f32 = 1e-9;
override LEARNING_RATE: f32 = 1.0;
override LOG: u32 = 1u; // entries in the log, a ring

const LANES = 256u; // 16 or more, or as PARTS
const PARTS = 1u;

@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> state: State;
@group(0) @binding(2) var<storage, read_write> plan: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> log: array<vec4u>;
@group(0) @binding(4) var<uniform> chunk: Chunk; // any

var<workgroup> scratch: array<vec4f, LANES>;

// The first step, and with GUARD any step that has no history: |g|_1 is large, so this is a timid one.
fn first_length() -> f32 {
  return LEARNING_RATE * min(1.0, 1.0 / state.gradient_sum);
}

fn guarded_length(about_d: vec4f) -> f32 {
  let descends = about_d.w == 0.0 && about_d.x < 0.0;
  if (plan[0].y > 0u && descends) {
    return LEARNING_RATE * min(1.0, state.step_factor);
  }
  if (!descends) {
    plan[0] = vec4u(0u, 0u, 0u, plan[0].w | STEEPEST | DROPPED);
    state.restarts += 1u;
    state.iterations = 1u;
    state.scale = 1.0;
    state.reason = ASCENT;
    state.slope = -state.gradient_squared;
  }
  return first_length() * state.step_factor;
}

fn decide(about_d: vec4f) {
  state.slope = about_d.x;
  if (GUARD == 1u) {
    state.length = guarded_length(about_d);
  } else {
    state.length = select(LEARNING_RATE, first_length(), state.iterations == 1u);
  }
  state.moved_sum = state.length * about_d.y;
  state.moved_max = state.length * about_d.z;
  state.pending = 1u;
  if (SEARCH == 1u) {
    return;
  }
  if (GUARD == 0u && SUMS == 0u && state.slope > -TOLERANCE_CHANGE) {
    state.reason = SLOPE;
    state.in_step = 0u;
    return;
  }
  plan[0].w |= MOVE;
  if (GUARD == 0u && state.step_iterations == MAX_ITERATIONS) {
    state.reason = MAX_ITERATIONS_REACHED;
    state.in_step = 0u;
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec4f();
  for (var k = lane; k < chunk.tiles * PARTS; k += LANES) {
    sum = join(sum, partials[k]);
  }
  sum = total(lane, sum);
  if (lane != 0u) {
    return;
  }
  if ((plan[0].w & ACT) != 0u) {
    decide(sum);
  }
  plan[1].z = bitcast<u32>(state.length);
  let norm = select(state.gradient_max, state.gradient_sum, SUMS == 1u);
  log[(state.evaluations - 1u) % LOG] =
    vec4u(bitcast<u32>(state.loss), plan[0].w | (state.reason << 16u), bitcast<u32>(norm), plan[1].z);
}
