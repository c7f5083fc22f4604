// L-BFGS, pass 1: everything the optimiser has to know about this evaluation's gradient, as partial sums.
//
// Vector-free L-BFGS (Chen, Wang & Zhou, "Large-scale L-BFGS using MapReduce", NIPS 2014, section 3.2) needs only
// the products of the history with the new y and the new gradient g. With y = g - (gradient before), for every
// stored pair (s_j, y_j) and for the candidate pair itself:
//     (s_j.y, y_j.y, s_j.g, y_j.g)                                        rows 0 .. SLOTS-1, by slot
//     (g.g, sum |g|, max |g|, how many of g are not finite)               row SLOTS
//     (s.s of the candidate, 0, 0, 0)                                     row SLOTS+1
// A number that is not finite counts as 0 in the products. With PROJECT, g (and so y) is the projected gradient: 0
// where x is at a bound and -g points out of the box (Bertsekas 1982).
//
// One workgroup takes TILE elements of one chunk and writes partials[row * tiles + tile]. Its lanes are 8 rows (one
// stored pair each) of 32 (elements). Sums: 32 in a lane, then 32 lanes, then tiles (lbfgs_reduce): blocked, and in
// the same order every time. s and y hold the chunk as [SLOTS][stride], 0 from count on; y's candidate slot is
// written here.
override SLOTS: u32 = 2u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const TILE = 1024u;
const QUADS = 256u; // of elements, in a tile
const ROWS = 8u;
const LANES = 32u;

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
  stride: u32, // from one slot to the next, a multiple of 1024
  first_tile: u32,
  tiles: u32, // of all chunks
}

@group(0) @binding(0) var<storage, read> s: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(7) var<uniform> chunk: Chunk;

var<workgroup> new_g: array<vec4f, QUADS>;
var<workgroup> new_y: array<vec4f, QUADS>;
var<workgroup> scratch: array<vec4f, 256>;
var<workgroup> steps: array<f32, 256>;

fn finite(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) & vec4u(0x7f800000u)) != vec4u(0x7f800000u);
}

fn outward(at: vec4f, slope: vec4f) -> vec4<bool> {
  return ((at <= vec4f(LOW)) & (slope > vec4f())) | ((at >= vec4f(HIGH)) & (slope < vec4f()));
}

fn join(a: vec4f, b: vec4f) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, max(a.z, b.z), sum.w);
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let base = tile * TILE;
  if (base >= chunk.count) { // a folded grid may have workgroups past the end
    return;
  }
  let first = plan[0].x;
  let stored = plan[0].y;
  let candidate = plan[0].z;

  // Every lane four elements in a row: they fill a vector of y, and of s and y past the end, which are 0 there.
  let stride = chunk.stride / 4u;
  let quad = tile * QUADS + lane;
  let step = s[candidate * stride + quad];
  var raw = vec4f();
  var old = vec4f();
  var at_x = vec4f();
  for (var c = 0u; c < 4u; c++) {
    let i = base + 4u * lane + c;
    if (i < chunk.count) {
      raw[c] = gradient[i];
      old[c] = before[i];
      if (PROJECT == 1u) {
        at_x[c] = x[i];
      }
    }
  }
  let valid = finite(raw);
  var g = select(vec4f(), raw, valid);
  if (PROJECT == 1u) {
    g = select(g, vec4f(), outward(at_x, g));
  }
  let dy = g - old;
  y[candidate * stride + quad] = dy;
  new_g[lane] = g;
  new_y[lane] = dy;

  // The two rows about g and the last step: 256 lanes to 16, 16 to 1.
  let size = abs(g);
  let wrong = dot(select(vec4f(1.0), vec4f(), valid), vec4f(1.0));
  var about_g = vec4f(dot(g, g), dot(size, vec4f(1.0)), max(max(size.x, size.y), max(size.z, size.w)), wrong);
  var about_s = dot(step, step);
  scratch[lane] = about_g;
  steps[lane] = about_s;
  workgroupBarrier();
  if (lane < 16u) {
    for (var k = lane + 16u; k < 256u; k += 16u) {
      about_g = join(about_g, scratch[k]);
      about_s += steps[k];
    }
    scratch[lane] = about_g;
    steps[lane] = about_s;
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var k = lane + 1u; k < 16u; k++) {
      about_g = join(about_g, scratch[k]);
      about_s += steps[k];
    }
    let row = SLOTS * chunk.tiles + chunk.first_tile + tile;
    partials[row] = about_g;
    partials[row + chunk.tiles] = vec4f(about_s, 0.0, 0.0, 0.0);
  }

  // The stored pairs from the oldest on, and the candidate after them, whose y this workgroup has just written.
  storageBarrier();
  let column = lane % LANES;
  for (var j0 = 0u; j0 <= stored; j0 += ROWS) {
    let j = j0 + lane / LANES;
    let slot = select(candidate, (first + j) % SLOTS, j < stored);
    let at = slot * stride + tile * QUADS;
    var sum = vec4f();
    for (var k = column; k < QUADS; k += LANES) {
      let sj = s[at + k];
      let yj = y[at + k];
      let dy = new_y[k];
      let g = new_g[k];
      sum += vec4f(dot(sj, dy), dot(yj, dy), dot(sj, g), dot(yj, g));
    }

    // 32 lanes to 8, 8 to 1.
    workgroupBarrier();
    scratch[lane] = sum;
    workgroupBarrier();
    if (column < 8u) {
      scratch[lane] = (sum + scratch[lane + 8u]) + (scratch[lane + 16u] + scratch[lane + 24u]);
    }
    workgroupBarrier();
    if (column == 0u && j <= stored) {
      sum = scratch[lane];
      for (var k = 1u; k < 8u; k++) {
        sum += scratch[lane + k];
      }
      partials[slot * chunk.tiles + chunk.first_tile + tile] = sum;
    }
  }
}
