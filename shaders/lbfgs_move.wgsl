// L-BFGS, pass 7: carries out what was decided, element by element: keep x as the best, or go back to the best, or
// take the step x + t d, note s = the step and the gradient it started from.
//
// The seed clamps x behind the optimiser's back, so that s = t d is not the step taken; with GUARD s is the step as
// clamped (and rounded).
override SLOTS: u32 = 2u;
override GUARD: u32 = 0u;
override BOUNDED: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const ACT = 1u;
const MOVE = 2u;
const BEST = 4u;
const RESTORE = 8u;
const STEEPEST = 16u;

const STRIP = 128u; // elements of one slot in a row

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read_write> s: array<f32>;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> before: array<f32>;
@group(0) @binding(4) var<storage, read_write> best: array<f32>; // only with GUARD, else a placeholder
@group(0) @binding(5) var<uniform> plan: array<vec4u, 2>;
@group(0) @binding(6) var<uniform> chunk: Chunk;

// Where the history holds an element of the chunk.
fn place(slot: u32, i: u32) -> u32 {
  return ((i / STRIP) * SLOTS + slot) * STRIP + i % STRIP;
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * 256u + lane;
  let flags = plan[0].w;
  if (i >= chunk.count) {
    return;
  }
  if ((flags & BEST) != 0u) {
    best[i] = x[i];
  }
  if ((flags & RESTORE) != 0u) {
    x[i] = best[i];
  }
  if ((flags & ACT) == 0u) {
    return;
  }

  let at = x[i];
  var g = gradient[i];
  if (GUARD == 1u && BOUNDED == 1u && ((at <= LOW && g > 0.0) || (at >= HIGH && g < 0.0))) {
    g = 0.0; // the projected gradient, as in lbfgs_dots
  }
  let candidate = place(plan[0].z, i);
  let d = select(s[candidate], -g, (flags & STEEPEST) != 0u);
  var step = bitcast<f32>(plan[1].z) * d;
  var there = at + step;
  if (BOUNDED == 1u) {
    there = clamp(there, LOW, HIGH);
  }
  if (GUARD == 1u) {
    step = there - at;
  }
  s[candidate] = step;
  before[i] = g;
  if ((flags & MOVE) != 0u) {
    x[i] = there;
  }
}
