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
// One workgroup takes TILE elements of one chunk. Its lanes are ROWS rows, two stored pairs each, of WIDTH, which share
// the elements; it leaves a sum of each row: partials[row * tiles + tile]. Sums: in a lane, then over lanes, then over
// tiles (lbfgs_reduce): blocked, and in the same order every time. s and y hold the chunk as [strip][SLOTS][STRIP], 0 from
// count on; y's candidate slot is written here. lbfgs_dots_narrow does the same without sharing.
override SLOTS: u32 = 2u;
override PROJECT: u32 = 0u;
override LOW: f32 = 0.0;
override HIGH: f32 = 1.0;

const LANES = 256u;
const WIDTH = 32u;
const TILE = 1024u;
const QUADS = 256u; // of elements, in a tile
const STRIP = 32u; // quads of one slot in a row
const ROWS = LANES / WIDTH;

// The chunk in hand (src/lbfgs/history.ts): one pipeline serves all sizes.
struct Chunk {
  count: u32, // elements
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
var<workgroup> scratch: array<vec4f, 2u * LANES>;

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

// The slot of the j-th stored pair from the oldest; the candidate's from the last one on.
fn slot_of(j: u32, first: u32, stored: u32, candidate: u32) -> u32 {
  let slot = first + j;
  return select(candidate, select(slot, slot - SLOTS, slot >= SLOTS), j < stored);
}

// Where the history holds a quad of the chunk.
fn place(slot: u32, quad: u32) -> u32 {
  return ((quad / STRIP) * SLOTS + slot) * STRIP + quad % STRIP;
}

fn products(sj: vec4f, yj: vec4f, dy: vec4f, g: vec4f) -> vec4f {
  return vec4f(dot(sj, dy), dot(yj, dy), dot(sj, g), dot(yj, g));
}

@compute @workgroup_size(LANES)
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
  let start = tile * QUADS;
  let home = chunk.first_tile + tile;

  // Every lane four elements in a row: they fill a vector of y, and of s and y past the end, which are 0 there.
  var about_g = vec4f();
  var about_s = vec4f();
  for (var quad = lane; quad < QUADS; quad += LANES) {
    let step = s[place(candidate, start + quad)];
    var raw = vec4f();
    var old = vec4f();
    var at_x = vec4f();
    for (var c = 0u; c < 4u; c++) {
      let i = base + 4u * quad + c;
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
    y[place(candidate, start + quad)] = dy;
    new_g[quad] = g;
    new_y[quad] = dy;
    let size = abs(g);
    let wrong = dot(select(vec4f(1.0), vec4f(), valid), vec4f(1.0));
    let peak = max(max(size.x, size.y), max(size.z, size.w));
    about_g = join(about_g, vec4f(dot(g, g), dot(size, vec4f(1.0)), peak, wrong));
    about_s += vec4f(dot(step, step), 0.0, 0.0, 0.0);
  }

  // The two rows about g and the last step: 256 lanes to 16, 16 to 1.
  scratch[lane] = about_g;
  scratch[LANES + lane] = about_s;
  workgroupBarrier();
  if (lane < 16u) {
    for (var k = lane + 16u; k < LANES; k += 16u) {
      about_g = join(about_g, scratch[k]);
      about_s += scratch[LANES + k];
    }
    scratch[lane] = about_g;
    scratch[LANES + lane] = about_s;
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var k = 1u; k < 16u; k++) {
      about_g = join(about_g, scratch[k]);
      about_s += scratch[LANES + k];
    }
    partials[SLOTS * chunk.tiles + home] = about_g;
    partials[(SLOTS + 1u) * chunk.tiles + home] = about_s;
  }
  storageBarrier(); // y's candidate is read by other lanes than wrote it

  // The stored pairs from the oldest on, and the candidate after them, whose y this workgroup has just written.
  let column = lane % WIDTH;
  for (var j0 = 0u; j0 <= stored; j0 += 2u * ROWS) {
    let j = j0 + 2u * (lane / WIDTH);
    let slot_a = slot_of(j, first, stored, candidate);
    let slot_b = slot_of(j + 1u, first, stored, candidate);
    var sum_a = vec4f();
    var sum_b = vec4f();
    for (var k = column; k < QUADS; k += WIDTH) {
      let dy = new_y[k];
      let g = new_g[k];
      let at_a = place(slot_a, start + k);
      let at_b = place(slot_b, start + k);
      sum_a += products(s[at_a], y[at_a], dy, g);
      sum_b += products(s[at_b], y[at_b], dy, g);
    }

    // 32 lanes to 8, 8 to 1.
    workgroupBarrier();
    scratch[lane] = sum_a;
    scratch[LANES + lane] = sum_b;
    workgroupBarrier();
    if (column < 8u) {
      for (var k = lane + 8u; k < lane + WIDTH; k += 8u) {
        sum_a += scratch[k];
        sum_b += scratch[LANES + k];
      }
      scratch[lane] = sum_a;
      scratch[LANES + lane] = sum_b;
    }
    workgroupBarrier();
    if (column == 0u) {
      for (var k = lane + 1u; k < lane + 8u; k++) {
        sum_a += scratch[k];
        sum_b += scratch[LANES + k];
      }
      if (j <= stored) {
        partials[slot_a * chunk.tiles + home] = sum_a;
      }
      if (j < stored) {
        partials[slot_b * chunk.tiles + home] = sum_b;
      }
    }
  }
}
