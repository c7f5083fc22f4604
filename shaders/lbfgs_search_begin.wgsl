// L-BFGS with a line search: notes where the search starts - base = x, the direction d that lbfgs_combine left in the
// candidate's slot of s, and the gradient (with PROJECT, projected onto the box as in lbfgs_dots).
override SLOTS: u32 = 2u;
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

@group(0) @binding(0) var<storage, read> s: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> base: array<f32>;
@group(0) @binding(4) var<storage, read_write> direction: array<f32>;
@group(0) @binding(5) var<storage, read_write> before: array<f32>;
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
  let at = x[i];
  var g = gradient[i];
  if (PROJECT == 1u && ((at <= LOW && g > 0.0) || (at >= HIGH && g < 0.0))) {
    g = 0.0;
  }
  base[i] = at;
  direction[i] = s[place(plan[0].z, i)];
  before[i] = g;
}
