// L-BFGS with a line search: x = base + t d, clamped where there are bounds, and s = the step to there, which stays
// when the search ends here. With PROJECT s is the step as clamped and `path`, which the slope is taken along, is 0
// where x has run into a bound; else s = t d and path = d, as in PyTorch whatever its closure does to x.
override SLOTS: u32 = 2u;
override BOUNDED: u32 = 0u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const STRIP = 128u; // elements of one slot in a row

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read_write> s: array<f32>;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read> base: array<f32>;
@group(0) @binding(3) var<storage, read> direction: array<f32>;
@group(0) @binding(4) var<storage, read_write> path: array<f32>;
@group(0) @binding(5) var<storage, read> length: array<f32>;
@group(0) @binding(6) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(7) var<uniform> chunk: Chunk;

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
  if (i >= chunk.count) {
    return;
  }
  let d = direction[i];
  let step = length[0] * d;
  let free = base[i] + step;
  let there = select(free, clamp(free, LOW, HIGH), BOUNDED == 1u);
  x[i] = there;
  s[place(plan[0].z, i)] = select(step, there - base[i], PROJECT == 1u);
  path[i] = select(d, 0.0, PROJECT == 1u && there != free);
}
