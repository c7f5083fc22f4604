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
// the same order every time. s and y hold the chunk as [SLOTS][STRIDE]; y's candidate slot is written here.
override COUNT: u32 = 1u; // elements of this chunk
override STRIDE: u32 = 1u;
override SLOTS: u32 = 2u;
override TILES: u32 = 1u; // tiles of all chunks
override FIRST_TILE: u32 = 0u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const TILE = 1024u;
const ROWS = 8u;
const LANES = 32u;

@group(0) @binding(0) var<storage, read> s: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<uniform> plan: array<vec4u, 1>;

var<workgroup> new_g: array<f32, TILE>;
var<workgroup> new_y: array<f32, TILE>;
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

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let base = tile * TILE;
  let first = plan[0].x;
  let stored = plan[0].y;
  let candidate = plan[0].z;

  for (var k = lane; k < TILE; k += 256u) {
    let i = base + k;
    var g = 0.0;
    var dy = 0.0;
    if (i < COUNT) {
      let raw = gradient[i];
      g = select(0.0, raw, finite(raw));
      if (PROJECT == 1u) {
        g = select(g, 0.0, outward(x[i], g));
      }
      dy = g - before[i];
      y[candidate * STRIDE + i] = dy;
    }
    new_g[k] = g;
    new_y[k] = dy;
  }
  workgroupBarrier();

  // The stored pairs from the oldest on, the candidate after them, then the two rows about g and the last step.
  let about_g = stored + 1u;
  let about_s = stored + 2u;
  let column = lane % LANES;
  for (var j0 = 0u; j0 <= about_s; j0 += ROWS) {
    let j = j0 + lane / LANES;
    let peak = j == about_g;
    let slot = select(candidate, (first + j) % SLOTS, j < stored);
    var sum = vec4f();
    for (var k = column; k < TILE; k += LANES) {
      let i = base + k;
      if (i >= COUNT || j > about_s) {
        break;
      }
      let g = new_g[k];
      let dy = new_y[k];
      var term: vec4f;
      if (peak) {
        term = vec4f(g * g, abs(g), abs(g), select(1.0, 0.0, finite(gradient[i])));
      } else {
        let sj = s[slot * STRIDE + i];
        var yj = dy;
        if (j < stored) {
          yj = y[slot * STRIDE + i];
        }
        term = vec4f(sj, yj, sj, yj) * vec4f(dy, dy, g, g);
        if (j == about_s) {
          term = vec4f(sj * sj, 0.0, 0.0, 0.0);
        }
      }
      sum = join(sum, term, peak);
    }

    // 32 lanes to 8, 8 to 1.
    scratch[lane] = sum;
    workgroupBarrier();
    if (column < 8u) {
      let low = join(scratch[lane], scratch[lane + 8u], peak);
      scratch[lane] = join(low, join(scratch[lane + 16u], scratch[lane + 24u], peak), peak);
    }
    workgroupBarrier();
    if (column == 0u && j <= about_s && base < COUNT) { // a folded grid may have workgroups past the end
      sum = scratch[lane];
      for (var k = 1u; k < 8u; k++) {
        sum = join(sum, scratch[lane + k], peak);
      }
      let row = select(slot, SLOTS + j - about_g, j > stored);
      partials[row * TILES + FIRST_TILE + tile] = sum;
    }
    workgroupBarrier();
  }
}
