// With parts/lbfgs_chunk.wgsl, parts/lbfgs_slope.wgsl, parts/lbfgs_history.wgsl, parts/lbfgs_pairs.wgsl.
// L-BFGS, pass 2, for processors that play a GPU: what lbfgs_dots computes, by workgroups of eight lanes that share nothing,
// so that there is no barrier. Each lane leaves its own sums: partials[(row * tiles + tile) * LANES + lane].
//
// A workgroup walks its tile strip by strip. Of each strip it holds g and the new y, in eights, while it goes over the slots,
// which lie one after the other: s and y are two streams that are read from end to end. The sums wait in workgroup memory
// for the next strip, at most HELD of them; a longer history takes more rounds.
const LANES = 8u;
const HELD = 2u; // at most SLOTS
const EACH = EIGHTS / LANES; // eights of a lane in a strip

@group(0) @binding(0) var<storage, read> s: array<vec4u>;
@group(0) @binding(1) var<storage, read> y: array<vec4u>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(5) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(6) var<uniform> chunk: Chunk;

var<workgroup> sums: array<vec4f, HELD * LANES>;

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
  let rows = plan[0].y + 1u; // the stored pairs from the oldest on, and the candidate after them
  let candidate = plan[0].z;
  // EACH, which the compiler is not to know: what is loaded in this loop, unrolled, takes Mesa's seconds.
  let each = min(EACH, chunk.tiles * EACH);
  let home = (chunk.first_tile + tile) * LANES + lane;

  for (var done = 0u; done < rows; done += HELD) {
    let round = min(HELD, rows - done);
    for (var j = 0u; j < round; j++) {
      sums[j * LANES + lane] = vec4f();
    }

    for (var start = tile * TILE_EIGHTS + lane; start < (tile + 1u) * TILE_EIGHTS; start += EIGHTS) {
      var g = array<vec4f, 2u * EACH>();
      var dy = array<vec4f, 2u * EACH>();
      for (var e = 0u; e < each; e++) {
        let eight = start + e * LANES;
        let g_a = slope_at(2u * eight);
        let g_b = slope_at(2u * eight + 1u);
        let new_y = difference_at(place(candidate, eight));
        for (var k = 0u; k < EACH; k++) {
          g[2u * k] = select(g[2u * k], g_a, k == e);
          g[2u * k + 1u] = select(g[2u * k + 1u], g_b, k == e);
          dy[2u * k] = select(dy[2u * k], new_y.unit * new_y.a, k == e);
          dy[2u * k + 1u] = select(dy[2u * k + 1u], new_y.unit * new_y.b, k == e);
        }
      }

      var slot = (first + done) % SLOTS;
      for (var j = 0u; j < round; j++) {
        let row = place(slot, start);
        var sum = sums[j * LANES + lane];
        for (var e = 0u; e < EACH; e++) {
          let at = row + e * LANES * VECTORS;
          let sj = step_at(at);
          let yj = difference_at(at);
          sum += vec4f(
            along(sj, dy[2u * e], dy[2u * e + 1u]),
            along(yj, dy[2u * e], dy[2u * e + 1u]),
            along(sj, g[2u * e], g[2u * e + 1u]),
            along(yj, g[2u * e], g[2u * e + 1u]),
          );
        }
        sums[j * LANES + lane] = sum;
        slot = select(slot + 1u, 0u, slot + 1u == SLOTS);
      }
    }

    var slot = (first + done) % SLOTS;
    for (var j = 0u; j < round; j++) {
      partials[slot * chunk.tiles * LANES + home] = sums[j * LANES + lane];
      slot = select(slot + 1u, 0u, slot + 1u == SLOTS);
    }
  }
}
