// With parts/lbfgs_chunk.wgsl, parts/lbfgs_slope.wgsl, parts/lbfgs_history.wgsl, parts/lbfgs_total.wgsl.
// L-BFGS, pass 1: notes the candidate pair, in its slot: s the step last taken, y = g - (gradient before), both rounded as
// the history holds them. And as partial sums of each tile, PARTS a row, what there is to know of both:
//     (g.g, sum |g|, max |g|, how many of g are not finite)               row SLOTS
//     (s.s of the candidate, 0, 0, 0)                                     row SLOTS+1
// partials[(row * tiles + tile) * PARTS + part]; the rows of lbfgs_dots come before.
//
// A workgroup takes a tile, each lane eight elements in a row at a time. With LANES = PARTS every lane keeps to itself
// and there is no barrier.
const LANES = 128u;
const PARTS = 1u; // 1, or as LANES

@group(0) @binding(0) var<storage, read_write> s: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4u>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> before: array<vec4f>;
@group(0) @binding(5) var<storage, read> step: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(7) var<uniform> plan: array<vec4u, 1>;
@group(0) @binding(8) var<uniform> chunk: Chunk;

var<workgroup> scratch: array<vec4f, LANES>;

// How many of four elements of the gradient are no numbers.
fn wrong(quad: u32) -> f32 {
  return count(!finite(gradient[inside(quad)]) & exists(quad));
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
  var about_g = vec4f();
  var about_s = vec4f();
  for (var eight = tile * TILE_EIGHTS + lane; eight < (tile + 1u) * TILE_EIGHTS; eight += LANES) {
    let quad = 2u * eight;
    let at = place(plan[0].z, eight);
    let s_a = step[quad];
    let s_b = step[quad + 1u];
    let g_a = slope_at(quad);
    let g_b = slope_at(quad + 1u);
    // 0 past the end, since the gradient before is 0 there.
    let y_a = g_a - before[quad];
    let y_b = g_b - before[quad + 1u];
    if (VECTORS == 1u) {
      s[at] = pack(s_a, s_b);
      y[at] = pack(y_a, y_b);
    } else {
      s[at] = bitcast<vec4u>(s_a);
      s[at + 1u] = bitcast<vec4u>(s_b);
      y[at] = bitcast<vec4u>(y_a);
      y[at + 1u] = bitcast<vec4u>(y_b);
    }
    let sum = dot(abs(g_a) + abs(g_b), vec4f(1.0));
    let peak = max(largest(g_a), largest(g_b));
    about_g = join(about_g, vec4f(dot(g_a, g_a) + dot(g_b, g_b), sum, peak, wrong(quad) + wrong(quad + 1u)));
    about_s.x += dot(s_a, s_a) + dot(s_b, s_b);
  }

  if (PARTS < LANES) {
    about_g = total(lane, about_g);
    about_s = total(lane, about_s);
  }
  if (lane < PARTS) {
    let home = (chunk.first_tile + tile) * PARTS + lane;
    partials[SLOTS * chunk.tiles * PARTS + home] = about_g;
    partials[(SLOTS + 1u) * chunk.tiles * PARTS + home] = about_s;
  }
}
