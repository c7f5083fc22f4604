// With parts/lbfgs_chunk.wgsl, parts/lbfgs_flags.wgsl, parts/lbfgs_slope.wgsl, parts/lbfgs_history.wgsl, parts/lbfgs_pairs.wgsl, parts/lbfgs_total.wgsl.
// L-BFGS, pass 6: the direction d = cg g + sum over stored pairs of (cs s + cy y), and for each tile of 1024 elements PARTS
// partial sums of (g.d, sum |d|, max |d|, how many of d are not finite).
//
// A workgroup takes a tile, each lane eight elements in a row at HELD places at a time (src/lbfgs/forms.ts). With LANES =
// PARTS every lane keeps to itself and there is no barrier.
//
// With PROJECT, d is 0 where the projected gradient is, and also where x is at a bound and d itself points out: what is
// left of d is what x can follow, and g.d is its slope.
const LANES = 128u;
const HELD = 1u; // 1, or as many as a strip has places for LANES
const PARTS = 1u; // 1, or as LANES
const PLAN: u32 = 4u; // SLOTS + 2

@group(0) @binding(0) var<storage, read> s: array<vec4u>;
@group(0) @binding(1) var<storage, read> y: array<vec4u>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> direction: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<uniform> plan: array<vec4u, PLAN>;
@group(0) @binding(7) var<uniform> chunk: Chunk;

var<workgroup> scratch: array<vec4f, LANES>;

// Stores four elements of d, and tells of them.
fn settle(quad: u32, d: vec4f) -> vec4f {
  let at = inside(quad);
  let g = gradient[at];
  var free = exists(quad);
  if (PROJECT == 1u) {
    free &= !outward(x[at], g) & !outward(x[at], -d);
  }
  let along = select(vec4f(), d, free);
  direction[quad] = along;
  let valid = finite(along);
  let number = select(vec4f(), along, valid);
  let slope = dot(select(vec4f(), g, free), number);
  return vec4f(slope, dot(abs(number), vec4f(1.0)), largest(number), count(!valid));
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = group.y * groups.x + group.x;
  let now = plan[0];
  if ((now.w & ACT) == 0u) {
    return;
  }
  if (tile * TILE >= chunk.count) { // a folded grid may have workgroups past the end
    return;
  }
  let cg = bitcast<f32>(plan[1].y);

  // HELD, which the compiler is not to know: what is loaded and stored in these loops, unrolled, takes Mesa's seconds.
  let held = min(HELD, chunk.tiles * HELD);
  var about_d = vec4f();
  for (var start = tile * TILE_EIGHTS + lane; start < (tile + 1u) * TILE_EIGHTS; start += LANES * HELD) {
    // Set by hand: in a loop, a declaration alone has been seen to leave the last turn's values there.
    var d = array<vec4f, 2u * HELD>();
    for (var h = 0u; h < held; h++) {
      let quad = 2u * (start + h * LANES);
      let a = cg * slope_at(quad);
      let b = cg * slope_at(quad + 1u);
      for (var k = 0u; k < HELD; k++) {
        d[2u * k] = select(d[2u * k], a, k == h);
        d[2u * k + 1u] = select(d[2u * k + 1u], b, k == h);
      }
    }

    var slot = now.x;
    for (var j = 0u; j < now.y; j++) {
      let coefficients = bitcast<vec2f>(plan[2u + slot].xy);
      let row = place(slot, start);
      for (var h = 0u; h < HELD; h++) {
        let at = row + h * LANES * VECTORS;
        let sj = step_at(at);
        let yj = difference_at(at);
        let cs = vec4f(coefficients.x * sj.unit);
        let cy = vec4f(coefficients.y * yj.unit);
        d[2u * h] = fma(cs, sj.a, fma(cy, yj.a, d[2u * h]));
        d[2u * h + 1u] = fma(cs, sj.b, fma(cy, yj.b, d[2u * h + 1u]));
      }
      slot = select(slot + 1u, 0u, slot + 1u == SLOTS);
    }

    for (var h = 0u; h < held; h++) {
      let quad = 2u * (start + h * LANES);
      var a = d[0];
      var b = d[1];
      for (var k = 1u; k < HELD; k++) {
        a = select(a, d[2u * k], k == h);
        b = select(b, d[2u * k + 1u], k == h);
      }
      about_d = join(about_d, settle(quad, a));
      about_d = join(about_d, settle(quad + 1u, b));
    }
  }

  if (PARTS < LANES) {
    about_d = total(lane, about_d);
  }
  if (lane < PARTS) {
    partials[(chunk.first_tile + tile) * PARTS + lane] = about_d;
  }
}
