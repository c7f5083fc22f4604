// The shader declares `load`, the vector i of COUNT, and `prepare`, which every invocation calls first.
//
// Each invocation loads each of the COUNT vectors once, neighbours side by side, and adds them up in LOADS sums, none of
// which waits for another: what is timed is how fast an adapter loads what its nearest cache holds.

const COUNT = 512u;
const LOADS = 8u;
const WIDTH = 256u;
// No divisor but 1 in common with COUNT, so that all have their turn.
const STEP = 65u;

@compute @workgroup_size(WIDTH)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepare(lane);
  var sums: array<vec4f, LOADS>;
  var at = lane;
  for (var round = 0u; round < COUNT / LOADS; round++) {
    for (var i = 0u; i < LOADS; i++) {
      sums[i] += load(at % COUNT);
      at += STEP;
    }
  }
  var total = sums[0];
  for (var i = 1u; i < LOADS; i++) {
    total += sums[i];
  }
  totals[id.x] = total;
}
