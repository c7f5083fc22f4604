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
// One workgroup takes TILE elements of one chunk and writes partials[row * TILES + tile]. Its lanes are 8 rows (one
// stored pair each) of 32 (elements). Sums: 32 in a lane, then 32 lanes, then tiles (lbfgs_reduce): blocked, and in
// the same order every time. s and y hold the chunk as [SLOTS][STRIDE], 0 from COUNT on; y's candidate slot is
// written here.
override COUNT: u32 = 1u; // elements of this chunk
override STRIDE: u32 = 1024u; // a multiple of TILE
override SLOTS: u32 = 2u;
override TILES: u32 = 1u; // tiles of all chunks
override FIRST_TILE: u32 = 0u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const TILE = 1024u;
const QUADS = 256u; // of elements, in a tile
const ROWS = 8u;
const LANES = 32u;

@group(0) @binding(0) var<storage, read> s: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<uniform> plan: array<vec4u, 1>;

var<workgroup> new_g: array<vec4f, QUADS>;
var<workgroup> new_y: array<vec4f, QUADS>;
var<workgroup> scratch: array<vec4f, 256>;

fn finite(v: f32) -> bool {
  return (bitcast<u32>(v) & 0x7f800000u) != 0x7f800000u;
}

fn outward(at: f32, slope: f32) -> bool {
  return (at <= LOW && slope > 0.0) || (at >= HIGH && slope < 0.0);
}

fn join(a: vec4f, b: vec4f, peak: bool) -> vec4f {
  let sum = a + b;
  return vec4f(sum.xy, select(sum.z, max(a.z, b.z), peak), sum.w);
}

// All 256 entries of `scratch` into its first, in two rounds of 16.
fn gather(lane: u32, peak: bool) {
  workgroupBarrier();
  if (lane < 16u) {
    var sum = scratch[lane];
    for (var k = lane + 16u; k < 256u; k += 16u) {
      sum = join(sum, scratch[k], peak);
    }
    scratch[lane] = sum;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var sum = scratch[0];
    for (var k = lane + 1u; k < 16u; k++) {
      sum = join(sum, scratch[k], peak);
    }
    scratch[0] = sum;
  }
}

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let base = tile * TILE;
  if (base >= COUNT) { // a folded grid may have workgroups past the end
    return;
  }
  let first = plan[0].x;
  let stored = plan[0].y;
  let candidate = plan[0].z;

  // Every lane four elements in a row: they fill a vector of y, and of s and y past the end, which are 0 there.
  let stride = STRIDE / 4u;
  let quad = tile * QUADS + lane;
  let step = s[candidate * stride + quad];
  var g = vec4f();
  var dy = vec4f();
  var about_g = vec4f();
  for (var c = 0u; c < 4u; c++) {
    let i = base + 4u * lane + c;
    if (i < COUNT) {
      let raw = gradient[i];
      let valid = finite(raw);
      var v = select(0.0, raw, valid);
      if (PROJECT == 1u) {
        v = select(v, 0.0, outward(x[i], v));
      }
      g[c] = v;
      dy[c] = v - before[i];
      about_g = join(about_g, vec4f(v * v, abs(v), abs(v), select(1.0, 0.0, valid)), true);
    }
  }
  y[candidate * stride + quad] = dy;
  new_g[lane] = g;
  new_y[lane] = dy;
  scratch[lane] = about_g;
  gather(lane, true);
  if (lane == 0u) {
    partials[SLOTS * TILES + FIRST_TILE + tile] = scratch[0];
  }
  workgroupBarrier();
  scratch[lane] = vec4f(dot(step, step), 0.0, 0.0, 0.0);
  gather(lane, false);
  if (lane == 0u) {
    partials[(SLOTS + 1u) * TILES + FIRST_TILE + tile] = scratch[0];
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
      partials[slot * TILES + FIRST_TILE + tile] = sum;
    }
  }
}
