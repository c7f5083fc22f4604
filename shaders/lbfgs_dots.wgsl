// With parts/lbfgs_chunk.wgsl, parts/lbfgs_slope.wgsl, parts/lbfgs_history.wgsl, parts/lbfgs_pairs.wgsl.
// L-BFGS, pass 2: the products of all pairs with this evaluation's gradient g and with the new y, as partial sums.
//
// Vector-free L-BFGS (Chen, Wang & Zhou, "Large-scale L-BFGS using MapReduce", NIPS 2014, section 3.2) needs only
// these. For every stored pair (s_j, y_j) and for the candidate pair itself, whose y is the new one:
//     (s_j.y, y_j.y, s_j.g, y_j.g)                                        rows 0 .. SLOTS-1, by slot
//
// One workgroup takes TILE elements of one chunk. Its lanes are ROWS rows, two stored pairs each, of WIDTH, which share
// the elements; it leaves a sum of each row: partials[row * tiles + tile]. Sums: in a lane, then over lanes, then over
// tiles (lbfgs_reduce): blocked, and in the same order every time. lbfgs_dots_narrow does the same without sharing.
const LANES = 256u;
const WIDTH = 32u;
const ROWS = LANES / WIDTH;

@group(0) @binding(0) var<storage, read> s: array<vec4u>;
@group(0) @binding(1) var<storage, read> y: array<vec4u>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(6) var<uniform> chunk: Chunk;

// By vectors of four, the first halves of all eights and then the second: lanes side by side load what lies side by side.
var<workgroup> new_g: array<vec4f, 2u * TILE_EIGHTS>;
var<workgroup> new_y: array<vec4f, 2u * TILE_EIGHTS>;
var<workgroup> scratch: array<vec4f, 2u * LANES>;

// The slot of the j-th stored pair from the oldest; the candidate's from the last one on.
fn slot_of(j: u32, first: u32, stored: u32, candidate: u32) -> u32 {
  let slot = first + j;
  return select(candidate, select(slot, slot - SLOTS, slot >= SLOTS), j < stored);
}

// The products of eight elements of a pair with eight of the tile.
fn products(at: u32, eight: u32) -> vec4f {
  let sj = step_at(at);
  let yj = difference_at(at);
  let dy_a = new_y[eight];
  let dy_b = new_y[TILE_EIGHTS + eight];
  let g_a = new_g[eight];
  let g_b = new_g[TILE_EIGHTS + eight];
  return vec4f(along(sj, dy_a, dy_b), along(yj, dy_a, dy_b), along(sj, g_a, g_b), along(yj, g_a, g_b));
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  if (tile * TILE >= chunk.count) { // a folded grid may have workgroups past the end
    return;
  }
  let first = plan[0].x;
  let stored = plan[0].y;
  let candidate = plan[0].z;
  let start = tile * TILE_EIGHTS;
  let home = chunk.first_tile + tile;

  if (lane < TILE_EIGHTS) {
    let at = place(candidate, start + lane);
    let dy = difference_at(at);
    new_y[lane] = dy.unit * dy.a;
    new_y[TILE_EIGHTS + lane] = dy.unit * dy.b;
    new_g[lane] = slope_at(2u * (start + lane));
    new_g[TILE_EIGHTS + lane] = slope_at(2u * (start + lane) + 1u);
  }
  workgroupBarrier();

  // The stored pairs from the oldest on, and the candidate after them.
  let column = lane % WIDTH;
  for (var j0 = 0u; j0 <= stored; j0 += 2u * ROWS) {
    let j = j0 + 2u * (lane / WIDTH);
    let slot_a = slot_of(j, first, stored, candidate);
    let slot_b = slot_of(j + 1u, first, stored, candidate);
    var sum_a = vec4f();
    var sum_b = vec4f();
    for (var k = column; k < TILE_EIGHTS; k += WIDTH) {
      sum_a += products(place(slot_a, start + k), k);
      sum_b += products(place(slot_b, start + k), k);
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
